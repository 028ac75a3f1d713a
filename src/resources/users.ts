import { canonicalDescriptor, kindOf, parseDate, prefixOf, type SubjectKind } from "../azure-devops/descriptors.ts";
import type { GraphUser, UserEntitlement } from "../azure-devops/schemas.ts";
import type { Call } from "../call.ts";
import { defineResource, itemAt, type PageSource } from "../connector/handler.ts";
import { safeId } from "../connector/ids.ts";
import type { Resource, ResourceTypeDescription, Status } from "../connector/model.ts";
import type { Readings } from "./readings/index.ts";
import type { Subject } from "./readings/subjects.ts";

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
      if (kindOf(id) !== kind) return undefined;
      const subject = (await getSubject(readings, id, kind, call)) ?? (await getUnlisted(readings, id, kind, call));
      return subject && toResource(type.id, subject);
    },
  });
}

function subjectSource({ subjects }: Readings, kind: SubjectKind, type: string): PageSource {
  return {
    async page(cursor, call) {
      const page = await subjects.page(cursor, call);
      const rows = page.subjects.filter((subject) => subject.kind === kind);
      return {
        ids: rows.map(({ id }) => id),
        resource: (index) => toResource(type, itemAt(rows, index)),
        next: page.next,
        ...(page.restarted ? { restarted: true } : {}),
      };
    },
  };
}

const unlistedCursor = "unlisted";

/** Service identities that are known from memberships only follow after the listed ones. */
function withUnlisted(listed: PageSource, { unlisted }: Readings, type: string): PageSource {
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
  // A removed user can still be fetched, but no listing has it.
  if (!user || !active) return undefined;
  const key = absence ? undefined : await graph.getStorageKey(id, call);
  const entitlement = key === undefined ? undefined : await memberEntitlements.getUser(key, call);
  return {
    id: safeId(canonicalDescriptor(user.descriptor)),
    kind,
    graph: user,
    entitlement,
    entitlementsRead: !absence,
  };
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
      emails: mail ? [mail] : [],
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
      scope: kind === "service-account" ? graph.domain : undefined,
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

/** What the access level's status means for the account; `none` and `deleted` are both "gone" (facts 2.7). */
const statuses: Readonly<Record<string, { value: Status; details?: string }>> = {
  active: { value: "enabled" },
  pending: { value: "enabled", details: "pending: invited and not signed in yet" },
  pendingdisabled: { value: "enabled", details: "about to be disabled" },
  expired: { value: "enabled", details: "the access level expired; works as Stakeholder" },
  disabled: { value: "disabled" },
  deleted: { value: "deleted" },
  none: { value: "deleted", details: "has no access level any more" },
};

function statusOf(
  id: string,
  graph: GraphUser,
  entitlement: UserEntitlement | undefined,
  entitlementsRead: boolean,
): Resource["status"] {
  if (graph.isDeletedInOrigin) return { value: "deleted", details: "deleted in the directory it comes from" };
  const told = entitlement?.accessLevel?.status;
  if (told) return statuses[told.toLowerCase()] ?? { value: "unspecified", details: `access level status ${told}` };
  if (prefixOf(id) === "bnd") return statuses.pending;
  if (!entitlementsRead) return { value: "unspecified" };
  return kindOf(id) === "user" ? { value: "enabled", details: "has no access level" } : { value: "enabled" };
}

/** Identities of Azure DevOps itself; its subject kind tells where the listing says so. */
function isBuiltIn(id: string, { subjectKind }: GraphUser): boolean {
  return kindOf(id) === "service-account" && (prefixOf(id) !== "svc" || subjectKind === "systemSubject");
}

function nonHumanOf({ metaType }: GraphUser): NonNullable<Resource["nonHuman"]> {
  if (metaType === "managedIdentity") return { kind: "managed-identity" };
  return metaType === "application" ? { kind: "app-registration" } : { kind: "unspecified" };
}
