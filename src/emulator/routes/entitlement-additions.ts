import { entraMember, invited, validUsersOf } from "../newcomers.ts";
import { isRecord } from "../records.ts";
import type { Call } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { canonicalGuid } from "../wire/guids.ts";
import type { MemberError, Result } from "./entitlement-changes.ts";
import { addToProject, memberErrors, setExtension, setLevel } from "./entitlement-changes.ts";
import { bringIn } from "./presence.ts";

/** Whom the members of a listing are. */
export type MemberKind = "user" | "servicePrincipal";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Whether a subject is of the kind that a route is about, and still known. */
export function isOfKind({ group, kind, known }: Subject, wanted: MemberKind): boolean {
  return known === "graph" && !group && (kind === "service-principal") === (wanted === "servicePrincipal");
}

/** Who a body names: by id, by the id in Entra, or by name (error 5000). */
interface Named {
  readonly id: string | undefined;
  readonly originId: string | undefined;
  readonly principalName: string | undefined;
}

function namedOf(body: Readonly<Record<string, unknown>>, kind: MemberKind): Named {
  const member = isRecord(body[kind]) ? body[kind] : {};
  const id = text(body.id);
  const isReal = (key: string | undefined) => key !== undefined && !/^[0-]*$/.test(key);
  const originId = text(member.originId);
  return {
    id: isReal(id) ? id : undefined,
    originId: isReal(originId) ? originId : undefined,
    principalName: text(member.principalName) ?? text(member.mailAddress),
  };
}

function known(call: Call, { id, originId, principalName }: Named, kind: MemberKind): Subject | undefined {
  const same = (one: string, other: string | undefined) => one !== "" && one.toLowerCase() === other?.toLowerCase();
  const byId = id === undefined ? undefined : call.lookup.byStorageKey(canonicalGuid(id) ?? "");
  const all = call.state.subjects.filter((each) => isOfKind(each, kind) && each.kind !== "stray");
  return (
    byId ??
    all.find((each) => same(each.originId, originId)) ??
    all.find((each) => same(each.principalName, principalName))
  );
}

/** Brings somebody in from the directory, or invites them; an error when neither can be. */
function newcomer(call: Call, { id, originId, principalName }: Named, kind: MemberKind): Subject | MemberError {
  const same = (one: string, other: string | undefined) => one.toLowerCase() === other?.toLowerCase();
  const found = call.state.directory.find(
    (each) => each.kind === kind && (same(each.originId, originId) || same(each.principalName, principalName)),
  );
  const list = kind === "user" ? "users" : "servicePrincipals";
  if (found) return subjectAt(call.state, call.changes.addSubject(list, entraMember(call, found)));
  const isMail = principalName !== undefined && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(principalName);
  // The directory would know its own people; whoever it does not know in its own domain is nobody.
  const own = call.state.directory.some(
    (each) => each.kind === "user" && domainOf(each.principalName) === domainOf(principalName),
  );
  if (kind !== "user" || id !== undefined || !isMail || own || !call.settings.invitations)
    return memberErrors.outsideDirectory;
  return subjectAt(call.state, call.changes.addSubject(list, invited(call, principalName)));
}

function domainOf(mail: string | undefined): string | undefined {
  return mail?.split("@")[1]?.toLowerCase();
}

/** Whoever came back has the id of before; everybody who has access is in a group, if only in that of all (facts 2.4). */
function welcome(call: Call, subject: Subject): void {
  bringIn(call, subject);
  const everyone = validUsersOf(call, undefined);
  const isInGroup = subject.memberOf.some((at) => subjectAt(call.state, at).group?.kind !== "entra");
  if (everyone && !isInGroup) call.changes.join(everyone.index, subject.index);
}

/** What an addition came to: whom it was about, if anybody, and the error, if any. */
export interface Added {
  readonly subject?: Subject;
  readonly error?: MemberError;
}

const isError = (value: Subject | MemberError): value is MemberError => "key" in value;

/** Adds somebody with a level, extensions and projects (facts 3.4); whatever a failure did is for the caller to undo. */
export function addMember(call: Call, body: unknown, kind: MemberKind): Added {
  const fields = isRecord(body) ? body : {};
  const named = namedOf(fields, kind);
  if (!named.id && !named.originId && !named.principalName) return { error: memberErrors.nobodyNamed };
  const former = known(call, named, kind);
  if (former?.deletedInOrigin) return { subject: former, error: memberErrors.outsideDirectory };
  if (former?.entitlement && former.active) {
    const { existingEntitlement } = call.beliefs;
    const level = isRecord(fields.accessLevel) ? String(fields.accessLevel.accountLicenseType) : "none";
    if (existingEntitlement === "failed")
      return { subject: former, error: memberErrors.notAssigned(level, former.storageKey) };
    if (existingEntitlement === "unchanged") return { subject: former };
  }
  const subject = former ?? newcomer(call, named, kind);
  if (isError(subject)) return { error: subject };
  const status = former && former.kind !== "pending-user" ? "active" : "pending";
  const error = equip(call, subject, fields, status);
  if (error) return { subject, error };
  welcome(call, subject);
  return { subject: subjectAt(call.state, subject.index) };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function equip(call: Call, subject: Subject, fields: Readonly<Record<string, unknown>>, status: string): Result {
  const leveled = setLevel(call, subject, fields.accessLevel, status);
  if (leveled) return leveled;
  for (const extension of listOf(fields.extensions)) {
    if (isRecord(extension)) setExtension(call, subject, String(extension.id), true);
  }
  for (const project of listOf(fields.projectEntitlements)) {
    const reference = isRecord(project) && isRecord(project.projectRef) ? project.projectRef : {};
    const error = addToProject(call, subject, String(reference.id), project);
    if (error) return error;
  }
  return undefined;
}
