import { z } from "zod";
import type { DirectoryGroup, DirectoryObject } from "../entra/directory.ts";
import type { Reply } from "../reply.ts";
import type { GraphCall } from "./call.ts";
import { bodyOf, groupAt, selectOf } from "./call.ts";
import { listMembers } from "./listing.ts";
import { changeMembers, manageRoles, mayRead, need, readMembers } from "./permissions.ts";
import { badRequest, denied, notFound } from "./problems.ts";
import { entityOf, memberOf } from "./wire.ts";

type GraphRoute = (call: GraphCall) => Reply;

function getGroup(call: GraphCall): Reply {
  need(call.granted, readMembers);
  return { status: 200, body: entityOf(groupAt(call), selectOf(call), call.base) };
}

/** One object of a kind; people can be named by their user principal name, too. */
function getObject(kind: DirectoryObject["kind"]): GraphRoute {
  return (call) => {
    const { base, directory, granted, segments } = call;
    if (!mayRead(granted, kind)) throw denied();
    const id = segments[1] ?? "";
    const found = directory.find(id) ?? (kind === "user" ? directory.userNamed(id) : undefined);
    if (found?.kind !== kind) throw notFound(id);
    return { status: 200, body: entityOf(found, selectOf(call), base) };
  };
}

function members(call: GraphCall): Reply {
  need(call.granted, readMembers);
  return listMembers(call, groupAt(call).members);
}

function transitiveMembers(call: GraphCall): Reply {
  need(call.granted, readMembers);
  return listMembers(call, call.directory.transitiveMembers(groupAt(call)));
}

/** The groups that a group is in, at any depth. */
function transitiveMemberOf(call: GraphCall): Reply {
  need(call.granted, readMembers);
  const { directory } = call;
  const { id } = groupAt(call);
  return listMembers(
    call,
    directory.groups.filter((group) => directory.transitiveMembers(group).has(id)).map((group) => group.id),
  );
}

/** The group of a change, when its members may be changed here at all. */
function changeable(call: GraphCall): DirectoryGroup {
  need(call.granted, changeMembers);
  const group = groupAt(call);
  if (group.onPremisesSyncEnabled) {
    throw badRequest(
      "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
    );
  }
  if (group.membershipRule !== null) throw denied();
  if (group.isAssignableToRole) need(call.granted, manageRoles);
  return group;
}

const reference = z.object({ "@odata.id": z.string() });

function addMember(call: GraphCall): Reply {
  const group = changeable(call);
  const { "@odata.id": address } = bodyOf(call, reference);
  const id = /\/(?:directoryObjects|users|groups|servicePrincipals)\/([^/]+)$/i.exec(address)?.[1]?.toLowerCase();
  if (id === undefined) throw badRequest(`Invalid entity reference URI '${address}'.`);
  const member = call.directory.find(id);
  if (!member) throw notFound(id);
  if (group.members.has(id)) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'members'.",
    );
  }
  if (member === group || (member.kind === "group" && call.directory.transitiveMembers(member).has(group.id))) {
    throw badRequest("A group cannot be a member of itself.");
  }
  group.members.add(id);
  call.changed(group, id);
  return { status: 204 };
}

function removeMember(call: GraphCall): Reply {
  const group = changeable(call);
  const id = (call.segments[3] ?? "").toLowerCase();
  if (!group.members.delete(id)) throw notFound(group.id);
  call.changed(group, id);
  return { status: 204 };
}

const wantedIds = z.object({ ids: z.array(z.string()), types: z.array(z.string()).optional() });
const mostIds = 1_000;

/** Objects by their ids, in no order; those that are not there are left out. */
function getByIds(call: GraphCall): Reply {
  const { base, directory, granted } = call;
  const { ids, types } = bodyOf(call, wantedIds);
  if (ids.length > mostIds) throw badRequest(`The number of ids must not exceed ${mostIds}.`);
  const kinds = new Set(types?.map((each) => each.toLowerCase()) ?? ["directoryobject"]);
  const found = ids
    .flatMap((id) => directory.find(id) ?? [])
    .filter(({ kind }) => kinds.has("directoryobject") || kinds.has(kind.toLowerCase()));
  const value = found.map((object) => memberOf(object, undefined, mayRead(granted, object.kind)));
  return { status: 200, body: { "@odata.context": `${base}/$metadata#directoryObjects`, value } };
}

/** `*` is one segment; a path may go on behind `**`. */
const table: readonly (readonly [method: string, template: string, route: GraphRoute])[] = [
  ["GET", "groups/*", getGroup],
  ["GET", "groups/*/members/**", members],
  ["GET", "groups/*/transitivemembers/**", transitiveMembers],
  ["GET", "groups/*/transitivememberof/**", transitiveMemberOf],
  ["POST", "groups/*/members/$ref", addMember],
  ["DELETE", "groups/*/members/*/$ref", removeMember],
  ["GET", "users/*", getObject("user")],
  ["GET", "serviceprincipals/*", getObject("servicePrincipal")],
  ["POST", "directoryobjects/getbyids", getByIds],
];

function fits(template: string, segments: readonly string[]): boolean {
  const parts = template.split("/");
  const isOpen = parts.at(-1) === "**";
  const fixed = isOpen ? parts.slice(0, -1) : parts;
  if (isOpen ? segments.length < fixed.length : segments.length !== fixed.length) return false;
  return fixed.every((part, at) => part === "*" || part === segments[at]?.toLowerCase());
}

/** The route of a request. */
export function routeOf(method: string, segments: readonly string[]): GraphRoute | undefined {
  return table.find(([known, template]) => known === method && fits(template, segments))?.[2];
}
