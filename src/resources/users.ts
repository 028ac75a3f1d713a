import {
  canonicalDescriptor,
  isDescriptor,
  kindOf,
  parseDate,
  payloadText,
  prefixOf,
  type SubjectKind,
} from "../azure-devops/descriptors.ts";
import type { GraphUser, UserEntitlement } from "../azure-devops/schemas.ts";
import type { Call } from "../call.ts";
import { defineResource, itemAt, type PageSource } from "../connector/handler.ts";
import { compareText } from "../connector/ids.ts";
import type { Resource, ResourceTypeDescription, Status } from "../connector/model.ts";
import type { Readings } from "./readings/index.ts";
import { type Subject, subjectOf } from "./readings/subjects.ts";

/** People, services and applications: one listing upstream, told apart by the prefix of the descriptor. */

export const userResource = subjectResource("user", {
  id: "user",
  displayName: "User",
  description: "A person with an identity in the organization, with access level and last use.",
  traits: ["user"],
});

export const serviceAccountResource = subjectResource("service-account", {
  id: "service-account",
  displayName: "Service account",
  description: "An identity that Azure DevOps made for itself, such as a project's build service.",
  traits: ["user"],
});

export const servicePrincipalResource = subjectResource("service-principal", {
  id: "service-principal",
  displayName: "Service principal",
  description: "A Microsoft Entra application or managed identity that was added to the organization.",
  traits: ["user"],
});

function subjectResource(kind: SubjectKind, type: ResourceTypeDescription) {
  return defineResource<Readings>({
    type,
    entitlements: [],
    list(readings) {
      const listed = subjectSource(readings, kind, type.id);
      return kind === "service-account" ? withUnlisted(listed, readings, type.id) : listed;
    },
    async get(readings, id, call) {
      if (kindOf(id) !== kind || !isDescriptor(id)) return undefined;
      const subject = (await getSubject(readings, id, kind, call)) ?? (await getUnlisted(readings, id, kind, call));
      return subject && toResource(type.id, subject);
    },
    canonical: async (_readings, ref) => ({ ...ref, id: canonicalDescriptor(ref.id) }),
  });
}

function subjectSource({ subjects }: Readings, kind: SubjectKind, type: string) {
  const rows = (found: readonly Subject[]) => ({
    ids: found.map(({ id }) => id),
    resource: (index: number) => toResource(type, itemAt(found, index)),
  });
  return {
    async page(cursor: string, call: Call) {
      const { subjects: found, next, restarted } = await subjects.page(cursor, call);
      const own = found.filter((subject) => subject.kind === kind);
      return { ...rows(own), next, ...(restarted ? { restarted } : {}) };
    },
    sorted: async (call: Call) => rows(await subjects.sorted(kind, call)),
  };
}

const unlistedCursor = "unlisted";

/** Service identities that are known from memberships only follow after the listed ones. */
function withUnlisted(listed: ReturnType<typeof subjectSource>, { unlisted }: Readings, type: string): PageSource {
  return {
    async page(cursor, call) {
      if (cursor !== unlistedCursor) {
        const page = await listed.page(cursor, call);
        return { ...page, next: page.next ?? unlistedCursor };
      }
      const rows = [...(await unlisted.serviceAccounts(call))];
      return {
        ids: rows.map(([id]) => id),
        resource: (index) => toResource(type, unlistedSubject(...itemAt(rows, index))),
        next: undefined,
      };
    },
    async sorted(call) {
      const [own, others] = await Promise.all([listed.sorted(call), unlisted.serviceAccounts(call)]);
      const found = new Map([...others].map(([id, graph]) => [id, () => toResource(type, unlistedSubject(id, graph))]));
      for (const [index, id] of own.ids.entries()) found.set(id, () => own.resource(index));
      const rows = [...found].sort(([a], [b]) => compareText(a, b));
      return { ids: rows.map(([id]) => id), resource: (index) => itemAt(rows, index)[1]() };
    },
  };
}

async function getUnlisted(
  { client, subjects, unlisted }: Readings,
  id: string,
  kind: SubjectKind,
  call: Call,
): Promise<Subject | undefined> {
  if (kind !== "service-account") return undefined;
  const found = subjects.started
    ? (await unlisted.serviceAccounts(call)).get(id)
    : (await client.graph.lookup([id], call)).get(id);
  return found && unlistedSubject(id, found);
}

function unlistedSubject(id: string, graph: GraphUser): Subject {
  return { id, kind: "service-account", graph, entitlement: undefined, entitlementsRead: true };
}

/** One subject: from the listings where they are being read anyway, else by itself. */
async function getSubject(
  { client, access, subjects }: Readings,
  id: string,
  kind: SubjectKind,
  call: Call,
): Promise<Subject | undefined> {
  if (subjects.started) return (await subjects.all(call)).get(id);
  const { graph, memberEntitlements } = client;
  const read = kind === "service-principal" ? graph.getServicePrincipal : graph.getUser;
  const [user, active, absence] = await Promise.all([
    read(id, call),
    graph.isActive(id, call),
    access.absence("member-entitlements", call),
  ]);
  if (!user) return undefined;
  const key = absence ? undefined : await graph.getStorageKey(id, call);
  const entitlement = key === undefined ? undefined : await memberEntitlements.getUser(key, call);
  const subject = subjectOf(user, entitlement, !absence);
  // A removed user can still be fetched; Graph lists it no more, the entitlement listing does for a while.
  return active || subject.entitlement ? subject : undefined;
}

function toResource(type: string, { id, kind, graph, entitlement, entitlementsRead }: Subject): Resource {
  const level = entitlement?.accessLevel;
  const lastLogin = parseDate(entitlement?.lastAccessedDate);
  const mail = graph.mailAddress || undefined;
  const login = graph.principalName || mail;
  return {
    type,
    id,
    displayName: graph.displayName || login || id,
    status: statusOf(id, graph, entitlement, entitlementsRead),
    createdAt: parseDate(entitlement?.dateCreated),
    user: {
      login,
      emails: mail && isMailAddress(mail) ? [mail] : [],
      accountType: kind === "user" ? "human" : isBuiltIn(id, graph) ? "system" : "service",
      lastLogin,
    },
    ...(kind === "service-principal" ? { nonHuman: nonHumanOf(graph) } : {}),
    profile: {
      descriptor: graph.descriptor,
      principal_name: graph.principalName,
      mail_address: mail,
      origin: graph.origin,
      origin_id: graph.originId,
      domain: graph.domain,
      directory_alias: graph.directoryAlias,
      meta_type: graph.metaType,
      guest: kind === "user" ? graph.metaType === "guest" : undefined,
      pending: prefixOf(id) === "bnd" ? true : undefined,
      application_id: graph.applicationId,
      ...(kind === "service-account" ? serviceScope(id, graph) : {}),
      managed_by: kind === "service-account" ? "azure-devops" : kind === "service-principal" ? "entra" : undefined,
      deleted_in_origin: graph.isDeletedInOrigin || undefined,
      storage_key: entitlement?.id.toLowerCase(),
      access_level: level?.licenseDisplayName,
      account_license_type: level?.accountLicenseType,
      licensing_source: level?.licensingSource,
      msdn_license_type: level?.msdnLicenseType,
      github_license_type: level?.gitHubLicenseType,
      access_level_status: level?.status,
      access_level_assignment: level?.assignmentSource,
      last_accessed: lastLogin?.toISOString(),
    },
  };
}

/** The contract wants addresses that can be written to; upstream's field can hold other text. */
function isMailAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text);
}

/** What the access level's status means for the account (facts 2.7). */
const statuses = new Map<string, { value: Status; details?: string }>([
  ["active", { value: "enabled" }],
  ["pending", { value: "enabled", details: "pending: invited and not signed in yet" }],
  ["pendingdisabled", { value: "enabled", details: "about to be disabled" }],
  ["expired", { value: "enabled", details: "the access level expired; works as Stakeholder" }],
  ["disabled", { value: "disabled" }],
  ["deleted", { value: "deleted" }],
]);

function statusOf(
  id: string,
  graph: GraphUser,
  entitlement: UserEntitlement | undefined,
  entitlementsRead: boolean,
): Resource["status"] {
  if (graph.isDeletedInOrigin) return { value: "deleted", details: "deleted in the directory it comes from" };
  const told = entitlement?.accessLevel?.status;
  if (told) return statuses.get(told.toLowerCase()) ?? { value: "unspecified", details: `access level status ${told}` };
  if (!entitlementsRead) return { value: "unspecified" };
  if (prefixOf(id) === "bnd") return statuses.get("pending");
  return kindOf(id) === "user" ? { value: "enabled", details: "has no access level" } : { value: "enabled" };
}

/** A service identity's own name is `{host}:{kind}:{what it serves}`; a build service serves a project or the collection. */
function serviceScope(id: string, { domain }: GraphUser): { scope: string | undefined; scope_id: string | undefined } {
  const [, kind, served] = prefixOf(id) === "svc" ? payloadText(id).split(":") : [];
  return { scope: domain || kind, scope_id: served };
}

/** Identities of Azure DevOps itself; its subject kind tells where the listing says so. */
function isBuiltIn(id: string, { subjectKind }: GraphUser): boolean {
  return kindOf(id) === "service-account" && (prefixOf(id) !== "svc" || subjectKind === "systemSubject");
}

function nonHumanOf({ metaType }: GraphUser): NonNullable<Resource["nonHuman"]> {
  if (metaType === "managedIdentity") return { kind: "managed-identity" };
  return metaType === "application" ? { kind: "app-registration" } : { kind: "unspecified" };
}
