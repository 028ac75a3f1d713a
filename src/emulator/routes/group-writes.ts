import { locations } from "../locations.ts";
import { entraGroup, groupName, madeGroup, validUsersOf } from "../newcomers.ts";
import { badArgument, Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { ok } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Project, Subject } from "../state.ts";
import { groupOf, projectAt, subjectAt } from "../state.ts";
import { graphSubject } from "../wire/subjects.ts";
import { withSubject } from "./graph.ts";
import { structural } from "./membership-rules.ts";
import { graphWriteScopes } from "./membership-writes.ts";
import { projectOfScope } from "./scopes.ts";
import type { Creation } from "./subject-writes.ts";
import { created, creationOf, inDirectory, joinNamed, notInDirectory } from "./subject-writes.ts";
import { patchOf, writing } from "./writing.ts";

/** The project that the query names; without a scope the organization (facts 3.1). */
function scopeOf(call: Call): Project | undefined {
  const descriptor = call.query.get("scopedescriptor");
  if (!descriptor) return undefined;
  const project = projectOfScope(call, descriptor);
  if (project) return project;
  throw new Refusal(404, "GroupScopeDoesNotExistException", `The identity scope ${descriptor} does not exist`);
}

/** Names are compared within a scope and without case. */
function isTaken(call: Call, displayName: string, project: number | undefined): boolean {
  const name = displayName.toLowerCase();
  return call.state.groups.some((index) => {
    const { displayName: other, group, kind } = subjectAt(call.state, index);
    return kind === "group" && group?.project === project && other.toLowerCase() === name;
  });
}

/** A group of Entra that is not here yet, or again the one that is. */
function materialize(call: Call, creation: Creation): number {
  const here = call.state.groups.find((index) => {
    const { kind, originId } = subjectAt(call.state, index);
    return kind === "entra-group" && originId.toLowerCase() === creation.originId?.toLowerCase();
  });
  if (here !== undefined) return here;
  const found = inDirectory(call, "group", creation);
  if (!found) throw notInDirectory(creation);
  return call.changes.addSubject("groups", entraGroup(call, found, creation.storageKey));
}

function make(call: Call, { fields, storageKey }: Creation): number {
  const { description, displayName } = fields;
  if (typeof displayName !== "string" || displayName.trim() === "") throw badArgument("A group needs a displayName.");
  const project = scopeOf(call);
  if (isTaken(call, displayName, project?.index)) {
    const message = `A group named ${displayName} already exists in scope ${project?.name ?? call.state.organization}.`;
    throw new Refusal(409, "GroupCreationException", message);
  }
  const details = { displayName, description: typeof description === "string" ? description : "", project, storageKey };
  const everyone = validUsersOf(call, project);
  const index = call.changes.addSubject("groups", madeGroup(call, details));
  if (everyone) call.changes.join(everyone.index, index);
  return index;
}

function create(call: Call): Reply {
  const creation = creationOf(call);
  const isOfEntra = creation.originId !== undefined || creation.mail !== undefined;
  const index = isOfEntra ? materialize(call, creation) : make(call, creation);
  joinNamed(call, subjectAt(call.state, index));
  return created(call, index);
}

function withGroup(handle: (call: Call, subject: Subject) => Reply) {
  return withSubject("groupDescriptor", (call, subject) => {
    if (subject.group && subject.active) return handle(call, subject);
    const message = `An error occurred finding the group. There is no group with the security identifier (SID) ${subject.payload}.`;
    throw new Refusal(404, "FindGroupSidDoesNotExistException", message);
  });
}

/** A name that the service gave stays, and so does that of a team's group, which Core renames (facts 12.1). */
function rename(call: Call, { displayName: former, group, index }: Subject, displayName: string): void {
  if (displayName === former) return;
  if (group?.kind !== "made") {
    const message = `The well-known group '${former}' cannot be updated.`;
    throw structural(call, "CannotUpdateWellKnownGraphGroupException", message);
  }
  if (displayName.toLowerCase() !== former.toLowerCase() && isTaken(call, displayName, group.project)) {
    throw new Refusal(
      409,
      "GroupRenameException",
      `Error renaming group, a group named ${displayName} already exists.`,
    );
  }
  const project = group.project === undefined ? undefined : projectAt(call.state, group.project);
  call.changes.setSubject(index, { displayName, principalName: groupName(call, displayName, project) });
}

function describe(call: Call, index: number, description: string): void {
  const group = groupOf(subjectAt(call.state, index));
  if (description !== group.description) call.changes.setSubject(index, { group: { ...group, description } });
}

/** Name and description, and nothing else (facts 3.1). */
function update(call: Call, subject: Subject): Reply {
  const operations = patchOf(call);
  if (subject.group?.kind === "entra") {
    throw new Refusal(
      400,
      "NotApplicationGroupException",
      "The identity you are attempting to edit is not an application group.",
    );
  }
  for (const { op, path, value } of operations) {
    const field = path.toLowerCase();
    if (op !== "replace" && op !== "add") throw badArgument(`The operation "${op}" is not one of a group.`);
    if (typeof value !== "string") throw badArgument(`The value of "${path}" must be a text.`);
    if (field === "/displayname" && value.trim() !== "") rename(call, subjectAt(call.state, subject.index), value);
    else if (field === "/description") describe(call, subject.index, value);
    else throw badArgument(`The path "${path}" cannot be changed.`);
  }
  return ok(graphSubject(call, subjectAt(call.state, subject.index)));
}

const required: readonly (readonly [RegExp, string])[] = [
  [/-0-0-0-0-1$/, "This group cannot be removed. The existence of this Administrators group is required."],
  [/-0-0-0-0-2$/, "This group cannot be removed. The existence of this Service Accounts group is required."],
  [/-0-0-0-0-3$/, "This group cannot be removed. The existence of this Valid Users group is required."],
  [/./, "This group cannot be removed. The existence of this group is required."],
];

/**
 * Strips the group of its parents and of its members, so that nothing comes from it any more; it can still be read, and
 * entries still name it (facts 2.7, 12.1).
 */
function remove(call: Call, subject: Subject): Reply {
  const group = groupOf(subject);
  if (group.kind === "default" || group.kind === "team") {
    const [, message = ""] = required.find(([sid]) => sid.test(subject.payload)) ?? [];
    throw structural(call, "RemoveSpecialGroupException", message);
  }
  for (const parent of [...subject.memberOf]) call.changes.leave(parent, subject.index);
  for (const member of [...group.members]) call.changes.leave(subject.index, member);
  call.changes.setSubject(subject.index, { kind: "stray", active: false });
  call.changes.setListed("strays", subject.index, true);
  if (call.beliefs.deletedGroups === "omitted") call.changes.setListed("groups", subject.index, false);
  return { status: 204 };
}

const common = { location: locations.groups, scopes: graphWriteScopes };
const path = "_apis/graph/groups/{groupDescriptor}";

/** Making, changing and deleting groups (facts 3.1, 12.1). */
export const groupWriteRoutes: readonly Route[] = [
  writing({ ...common, method: "POST", path: "_apis/graph/groups", handle: create }),
  writing({ ...common, method: "PATCH", path, handle: withGroup(update) }),
  writing({ ...common, method: "DELETE", path, handle: withGroup(remove) }),
];
