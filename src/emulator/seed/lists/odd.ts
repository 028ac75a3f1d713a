import { customSid, wellKnownSid } from "../../ids.ts";
import { namespaceIds } from "../../namespace-ids.ts";
import type { Project } from "../../state.ts";
import { refToken } from "./branches.ts";
import type { ListContext } from "./context.ts";
import { allow, deny, projectScopes, setList, unknownIdentity } from "./context.ts";
import { contributorBits, creatorBits } from "./git-bits.ts";

const { build, gates, git, project: projects, zonal } = namespaceIds;

function identityOf(sid: string): string {
  return `Microsoft.TeamFoundation.Identity;${sid}`;
}

/** What deleted projects leave: their groups are gone, and nothing resolves the descriptors (facts 2.7, 12.1). */
function seedDeletedProject({ builder, people, random }: ListContext, project: Pick<Project, "id" | "scopeId">): void {
  const administrators = identityOf(wellKnownSid(project.scopeId, "0-0-0-0-1"));
  const contributors = identityOf(customSid(project.id, project.scopeId));
  const left = [allow(administrators, 31), allow(contributors, 1), allow(random.pick(people.users), 3)];
  setList(builder, git, `repoV2/${project.id}`, [allow(administrators, 491_382), allow(contributors, contributorBits)]);
  setList(builder, git, `repoV2/${project.id}/${builder.guid("repository-of-deleted", 0)}`, left);
  setList(builder, build, project.id, left);
  setList(builder, projects, `$PROJECT:vstfs:///Classification/TeamProject/${project.id}`, left);
  setList(builder, namespaceIds.identity, `${project.id}\\${builder.guid("group-of-deleted", 0)}`, left);
  const gone = builder.guid("classification-node-of-deleted", 0);
  setList(builder, namespaceIds.areas, `vstfs:///Classification/Node/${gone}`, left);
}

/** Repositories that were deleted, in one project of four, with a branch of one of them (facts 4.3). */
function seedDeletedRepositories(context: ListContext): void {
  const { builder, people, random } = context;
  for (const { groups, project } of projectScopes(context)) {
    if (project.index % 4 !== 3) continue;
    const token = `repoV2/${project.id}/${builder.guid("deleted-repository", project.index)}`;
    setList(builder, git, token, [allow(random.pick(people.users), creatorBits), allow(groups.contributors, 22)]);
    if (project.index % 8 === 3) {
      setList(builder, git, `${token}/${refToken("refs/heads/main")}`, [deny(groups.contributors, 8)]);
    }
  }
}

/** Tokens that no rule can read: other systems and hands write them, and nobody looks (facts 4.3). */
function seedUnreadableTokens(context: ListContext): void {
  const { builder, people, random } = context;
  const [first] = projectScopes(context);
  const [repository] = builder.repositories;
  if (!first || !repository) return;
  const { groups, project } = first;
  const someone = () => [allow(random.pick(people.users), 6), allow(groups.contributors, 2)];
  const own = `repoV2/${project.id}/${repository.id}`;
  // Half a byte, no hexadecimal, the slash encoded with the names, another kind of ref, names in place of ids, an empty part, and no ids at all.
  const slashed = Buffer.from("feature/x", "utf16le").toString("hex");
  for (const token of [
    `${own}/refs/heads/6d00610069006e0`,
    `${own}/refs/heads/main`,
    `${own}/refs/heads/${slashed}`,
    `${own}/refs/notes/commits`,
    `repoV2/${project.name}/${repository.name}`,
    `repoV2//${project.id}`,
    "repositories/all",
  ]) {
    setList(builder, git, token, someone());
  }
  setList(builder, build, `${project.id}/Nightly builds/not a number`, someone());
  setList(builder, build, "", someone());
  setList(builder, projects, "$PROJECT:vstfs:///Classification/TeamProject/", someone());
  setList(builder, namespaceIds.areas, "vstfs:///Classification/Node/none", someone());
  setList(builder, namespaceIds.queries, `${project.id}`, someone());
}

/** Namespaces of nobody's list: one whose actions are named, one that has none (facts 4.1). */
function seedUnpublishedNamespaces(context: ListContext): void {
  const { builder, collection, people, random } = context;
  setList(builder, gates, "gates", [allow(collection.administrators, 15), allow(collection.validUsers, 1)]);
  for (const { groups, made, project } of projectScopes(context)) {
    if (project.index % 5 !== 0) continue;
    setList(builder, gates, `gates/${project.id}`, [
      allow(groups.administrators, 15),
      ...made.slice(0, 1).map((who) => deny(who, 4)),
      allow(random.pick(people.users), 2 | 64),
      allow(unknownIdentity(context, project.index), 8),
    ]);
    setList(builder, zonal, `zones/${project.index}`, [allow(groups.administrators, 3), allow(groups.readers, 1)]);
  }
}

/** Whatever else real organizations hold, and no default explains. */
export function seedOddLists(context: ListContext): void {
  for (const project of context.builder.projects) {
    if (project.state === "deleted") seedDeletedProject(context, project);
  }
  seedDeletedRepositories(context);
  seedUnreadableTokens(context);
  seedUnpublishedNamespaces(context);
}
