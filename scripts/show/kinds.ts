import type { OrganizationState, Subject } from "../../src/emulator/index.ts";
import { administrators, found, outsider, people, plainGroup, refOf } from "../../test/provisioning/parts.ts";
import type { Order } from "../../test/support/orders.ts";

/** An entitlement of one kind, and somebody to whom it can be given. */
export interface Shown extends Order {
  readonly title: string;
}

/** One entitlement of every kind, of an organization as it was seeded. */
export function shownKinds(state: OrganizationState): readonly Shown[] {
  const person = found(people(state)[0], "a person");
  const { roleObjects, projects, collectionId } = state;
  const project = found(projects[0], "a project").id;
  const idOf = (index: number) => found(projects[index], "a project").id;
  const to = (title: string, type: string, id: string, slug: string, who: Subject = person): Shown => ({
    title,
    resource: { type, id },
    slug,
    principal: refOf(who),
  });
  const member = (title: string, group: Subject) =>
    to(title, "group", refOf(group).id, "member", outsider(state, group));
  const ofOne = <T extends { readonly uses: readonly { readonly project: number }[]; readonly id: unknown }>(
    all: readonly T[],
  ) => {
    const { uses, id } = found(
      all.find((each) => each.uses.length === 1),
      "an object of one project",
    );
    return `${idOf(found(uses[0], "its project").project)}_${id}`;
  };

  const team = found(state.teams[1], "a team");
  const repository = found(
    state.repositories.find((each) => each.project === 0),
    "a repository",
  ).id;
  const pool = found(roleObjects.pools.at(-1), "an agent pool");
  const queue = found(roleObjects.queues.at(-1), "an agent queue");
  const environment = found(roleObjects.environments[0], "an environment");
  const file = found(roleObjects.secureFiles[0], "a secure file");
  const feed = found(
    state.feeds.feeds.find(({ deleted }) => !deleted),
    "a feed",
  );
  const onBasic = found(
    people(state).find(({ entitlement }) => entitlement?.level === "express" && entitlement.assignment === "unknown"),
    "a person on Basic",
  );

  return [
    member("member of a group", plainGroup(state)),
    member("member of Project Collection Administrators (Tier 0)", administrators(state)),
    to("member of a team", "team", team.id, "member", person),
    to("administrator of a team", "team", team.id, "admin"),
    to("permission on the organization", "organization", collectionId, "collection.delete_field"),
    to("permission on a project", "project", project, "project.delete"),
    to("permission on pipelines", "project", project, "build.destroy_builds"),
    to("permission on a repository", "repository", repository, "git.force_push"),
    to("bundle on a repository", "repository", repository, "access.maintain"),
    to("role on an agent pool", "agent-pool", String(pool.id), "reader"),
    to("role on an agent queue", "agent-pool", `${idOf(queue.project)}_${queue.id}`, "user"),
    to("role on an environment", "environment", `${idOf(environment.project)}_${environment.id}`, "user"),
    to("role on a service connection", "service-connection", ofOne(roleObjects.endpoints), "user"),
    to("role on a variable group", "variable-group", ofOne(roleObjects.variableGroups), "reader"),
    to("role on a secure file", "secure-file", `${idOf(file.project)}_${file.id}`, "reader"),
    to("role on all of a kind of a project", "project", project, "environments.reader"),
    to("role on all agent pools", "organization", collectionId, "agent-pools.reader"),
    to("role on a feed", "feed", feed.id, "reader"),
    to("role on all feeds", "organization", collectionId, "feeds.creator"),
    to("access level", "access-level", "basic-test-plans", "assigned", onBasic),
  ];
}

/** What cannot be changed where it is asked for. */
export function shownRefusal(state: OrganizationState): Shown {
  const group = found(
    state.subjects.find(({ kind }) => kind === "entra-group"),
    "a group of Entra",
  );
  const resource = { type: "group", id: refOf(group).id };
  const principal = refOf(found(people(state)[0], "a person"));
  return { title: "member of a group of Microsoft Entra", resource, slug: "member", principal };
}
