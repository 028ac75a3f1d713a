"""Reads an organization with the azure-devops package and prints the counts as JSON.

Usage: python_client.py ORGANIZATION_URL TOKEN
"""

import json
import sys

from azure.devops.connection import Connection
from msrest.authentication import BasicAuthentication


def pages(read):
    """Follows continuation tokens to the end; a page may be empty with more to follow."""
    token = None
    while True:
        page = read(token)
        yield from page.graph_users if hasattr(page, "graph_users") else page.graph_groups
        token = page.continuation_token
        if not token:
            return


def projects_of(core):
    found = []
    while True:
        page = core.get_projects(skip=len(found))
        if not page:
            return found
        found.extend(page)


def teams_of(core):
    found = []
    while True:
        page = core.get_all_teams(top=50, skip=len(found))
        if not page:
            return found
        found.extend(page)


def main():
    url, token = sys.argv[1:3]
    connection = Connection(base_url=url, creds=BasicAuthentication("", token))
    core = connection.clients_v7_1.get_core_client()
    graph = connection.clients_v7_1.get_graph_client()
    projects = projects_of(core)
    members = core.get_team_members_with_extended_properties(
        projects[0].id, core.get_teams(projects[0].id)[0].id
    )
    users = list(pages(lambda after: graph.list_users(continuation_token=after)))
    groups = list(pages(lambda after: graph.list_groups(continuation_token=after)))
    print(
        json.dumps(
            {
                "projects": sorted(project.id for project in projects),
                "teams": sorted(team.id for team in teams_of(core)),
                "members": len(members),
                "users": sorted(user.descriptor for user in users),
                "groups": sorted(group.descriptor for group in groups),
            }
        )
    )


if __name__ == "__main__":
    main()
