import { locations } from "../locations.ts";
import { descriptorOf } from "../lookup.ts";
import { Refusal } from "../problems.ts";
import type { Reply } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { descriptorForm, graphSubjectOf, pageNotFound, withSubject } from "./graph.ts";
import { graphMembership } from "./graph-memberships.ts";
import { checkAddition, checkRemoval } from "./membership-rules.ts";
import { bringIn } from "./presence.ts";
import { writing } from "./writing.ts";

/** Every write of the Graph area needs it (facts 9.2). */
export const graphWriteScopes = ["vso.graph_manage"];

/** A group that was deleted is still given, and is no container any more (facts 2.7). */
function containerOf(call: Call): Subject {
  const container = graphSubjectOf(call, "containerDescriptor");
  if (container && !(container.group && !container.active)) return container;
  const sid = container?.payload ?? call.param("containerDescriptor");
  const message = `An error occurred finding the group. There is no group with the security identifier (SID) ${sid}.`;
  throw new Refusal(404, "FindGroupSidDoesNotExistException", message);
}

/** Both ends of a membership; a malformed descriptor of either gets a plain page. */
function withMembership(handle: (call: Call, member: Subject, container: Subject) => Reply) {
  return withSubject("subjectDescriptor", (call, member) =>
    descriptorForm.test(call.param("containerDescriptor")) ? handle(call, member, containerOf(call)) : pageNotFound,
  );
}

/** 201 with the membership (facts 15.4); whoever was created by Graph alone becomes active by it (facts 12.1). */
function add(call: Call, member: Subject, container: Subject): Reply {
  checkAddition(call, member, container);
  const body = graphMembership(call, member, container);
  if (call.changes.join(container.index, member.index)) {
    bringIn(call, member);
    return { status: 201, body };
  }
  const { repeatedMembership } = call.beliefs;
  if (repeatedMembership !== "409") return { status: Number(repeatedMembership), body };
  const message = `The group ${container.principalName} already has a member ${member.displayName}.`;
  throw new Refusal(409, "AddMemberIdentityAlreadyMemberException", message);
}

/** 200 with an empty body (facts 15.4). */
function remove(call: Call, member: Subject, container: Subject): Reply {
  checkRemoval(call, member, container);
  if (call.changes.leave(container.index, member.index)) return { status: 200 };
  const { absentMembership } = call.beliefs;
  if (absentMembership === "200") return { status: 200 };
  if (absentMembership === "not-member") {
    const message = `An error occurred removing the group member. There is no group member with the security identifier (SID) ${member.payload}.`;
    throw new Refusal(404, "RemoveGroupMemberNotMemberException", message);
  }
  const pair = `member descriptor '${descriptorOf(member)}' and container descriptor '${descriptorOf(container)}'`;
  const message = `VS403328: The graph membership for ${pair} could not be found. You may need to create this membership in the enclosing enterprise or organization.`;
  throw new Refusal(404, "GraphMembershipNotFoundException", message);
}

function route(method: string, handle: Route["handle"]): Route {
  const path = "_apis/graph/memberships/{subjectDescriptor}/{containerDescriptor}";
  return writing({ method, path, location: locations.membership, scopes: graphWriteScopes, handle });
}

/** Adding and removing direct members (facts 3.1, 12.1). */
export const membershipWriteRoutes: readonly Route[] = [
  route("PUT", withMembership(add)),
  route("DELETE", withMembership(remove)),
];
