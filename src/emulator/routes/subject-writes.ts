import type { DirectoryObject } from "../directory.ts";
import { locations } from "../locations.ts";
import { descriptorOf } from "../lookup.ts";
import { entraMember, invited } from "../newcomers.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { graphSubject, subjectUrl } from "../wire/subjects.ts";
import type { MemberKind } from "./entitlement-additions.ts";
import { isOfKind } from "./entitlement-additions.ts";
import { descriptorForm, withSubject } from "./graph.ts";
import { checkAddition } from "./membership-rules.ts";
import { graphWriteScopes } from "./membership-writes.ts";
import { bringIn, removeFromOrganization } from "./presence.ts";
import { writing } from "./writing.ts";

/** What a body of a creation says; which of it is given decides what is made (facts 3.1). */
export interface Creation {
  readonly originId: string | undefined;
  readonly mail: string | undefined;
  readonly storageKey: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Reads the body of a creation. */
export function creationOf({ body }: Call): Creation {
  const fields = isRecord(body) ? body : {};
  const storageKey = text(fields.storageKey);
  const key = storageKey === undefined ? undefined : canonicalGuid(storageKey);
  if (storageKey !== undefined && key === undefined) throw badArgument(`"${storageKey}" is not a GUID.`);
  return {
    fields,
    storageKey: key,
    originId: text(fields.originId),
    mail: text(fields.principalName) ?? text(fields.mailAddress),
  };
}

/** Whom the directory knows by what a body says. */
export function inDirectory(
  call: Call,
  kind: DirectoryObject["kind"],
  { mail, originId }: Creation,
): DirectoryObject | undefined {
  const same = (one: string, other: string | undefined) => one.toLowerCase() === other?.toLowerCase();
  return call.state.directory.find(
    (each) => each.kind === kind && (same(each.originId, originId) || same(each.principalName, mail)),
  );
}

/** Whoever is nowhere in the directory (facts 11.2; the status is nowhere said). */
export function notInDirectory({ mail, originId }: Creation): Refusal {
  if (originId === undefined) {
    return new Refusal(400, "IdentityMaterializationFailedException", `Could not add user '${mail}' at this time.`);
  }
  const message = "The identity could not be found in the current directory.";
  return new Refusal(400, "IdentityNotFoundInCurrentDirectoryException", message);
}

/** Makes a subject a member of the groups that the query names. */
export function joinNamed(call: Call, subject: Subject): void {
  for (const descriptor of call.query.get("groupdescriptors")?.split(",").filter(Boolean) ?? []) {
    const group = descriptorForm.test(descriptor) ? call.lookup.byDescriptor(descriptor) : undefined;
    if (group?.known !== "graph") {
      const message = `An error occurred finding the group. There is no group with the security identifier (SID) ${descriptor}.`;
      throw new Refusal(404, "FindGroupSidDoesNotExistException", message);
    }
    checkAddition(call, subject, group);
    call.changes.join(group.index, subject.index);
  }
}

/** 201 with the subject and where it is (SPEC examples). */
export function created(call: Call, index: number): Reply {
  const subject = subjectAt(call.state, index);
  return { status: 201, headers: { Location: subjectUrl(call, subject) }, body: graphSubject(call, subject) };
}

function existing(call: Call, kind: MemberKind, { mail, originId }: Creation): Subject | undefined {
  const same = (one: string, other: string | undefined) => one !== "" && one.toLowerCase() === other?.toLowerCase();
  return call.state.subjects.find(
    (each) =>
      each.kind !== "stray" &&
      isOfKind(each, kind) &&
      (same(each.originId, originId) || same(each.principalName, mail)),
  );
}

/** Brings somebody in without a licence: active once they are in a group (facts 3.1, 12.1). */
function create(kind: MemberKind) {
  return (call: Call): Reply => {
    const creation = creationOf(call);
    const { mail, originId, storageKey } = creation;
    if (originId === undefined && (mail === undefined || kind === "servicePrincipal"))
      throw badArgument("The body must have an originId, or of a person a principalName or mailAddress.");
    const list = kind === "user" ? "users" : "servicePrincipals";
    const former = existing(call, kind, creation);
    const found = former ? undefined : inDirectory(call, kind, creation);
    const isInvitation = kind === "user" && mail !== undefined && !call.settings.entra;
    if (!former && !found && !isInvitation) throw notInDirectory(creation);
    const make = () => (found ? entraMember(call, found, storageKey) : invited(call, mail ?? "", storageKey));
    const index = former?.index ?? call.changes.addSubject(list, make());
    joinNamed(call, subjectAt(call.state, index));
    const isMember = subjectAt(call.state, index).memberOf.length > 0;
    if (isMember) bringIn(call, subjectAt(call.state, index));
    else call.changes.setListed(list, index, true);
    return created(call, index);
  };
}

function remove(kind: MemberKind) {
  return (call: Call, subject: Subject): Reply => {
    if (!isOfKind(subject, kind)) {
      const message = `VS403325: The graph subject with descriptor '${descriptorOf(subject)}' could not be found.`;
      throw new Refusal(404, "GraphSubjectNotFoundException", message);
    }
    removeFromOrganization(call, subject);
    return { status: 204 };
  };
}

/** Maps somebody to another identity of the origin: nothing should use it (facts 3.1). */
function remap(call: Call, subject: Subject): Reply {
  const { originId } = creationOf(call);
  if (originId === undefined) throw badArgument("The body must have an originId.");
  if (originId !== subject.originId) call.changes.setSubject(subject.index, { originId });
  return ok(graphSubject(call, subjectAt(call.state, subject.index)));
}

const users = { location: locations.users, scopes: graphWriteScopes };
const principals = { location: locations.servicePrincipals, scopes: graphWriteScopes };
const userPath = "_apis/graph/users/{userDescriptor}";
const principalPath = "_apis/graph/serviceprincipals/{servicePrincipalDescriptor}";

/** Bringing people and service principals in by Graph, which gives no licence, and removing them (facts 3.1). */
export const subjectWriteRoutes: readonly Route[] = [
  writing({ ...users, method: "POST", path: "_apis/graph/users", handle: create("user") }),
  writing({ ...users, method: "DELETE", path: userPath, handle: withSubject("userDescriptor", remove("user")) }),
  writing({ ...users, method: "PATCH", path: userPath, handle: withSubject("userDescriptor", remap) }),
  writing({ ...principals, method: "POST", path: "_apis/graph/serviceprincipals", handle: create("servicePrincipal") }),
  writing({
    ...principals,
    method: "DELETE",
    path: principalPath,
    handle: withSubject("servicePrincipalDescriptor", remove("servicePrincipal")),
  }),
];
