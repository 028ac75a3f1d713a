import { customSid } from "../ids.ts";
import type { Subject } from "../state.ts";
import type { Builder } from "./builder.ts";
import { windowsAccount } from "./users.ts";

/** A service identity's descriptor and identity descriptor hold the same text (facts 2.2). */
function serviceAccount(
  builder: Builder,
  values: Pick<Subject, "displayName" | "domain" | "principalName">,
  at: number,
) {
  const payload = `${builder.hostId}:${values.domain}:${values.principalName}`;
  return builder.add({
    ...values,
    kind: "service-account",
    prefix: "svc",
    payload,
    storageKey: builder.guid("service-account", at),
    originId: builder.guid("service-account", at),
    mail: "",
    identity: `Microsoft.TeamFoundation.ServiceIdentity;${payload}`,
    known: "graph",
    active: true,
  });
}

function buildService(builder: Builder, scopeId: string, name: string, at: number): number {
  const displayName = `${name} Build Service (${builder.settings.organization})`;
  return serviceAccount(builder, { displayName, domain: "Build", principalName: scopeId }, at);
}

/** Build identities of the collection and of each project, an agent pool service, and one of the old kind (facts 2.1). */
export function seedServiceAccounts(builder: Builder): number[] {
  const legacyId = builder.guid("legacy-service", 0);
  const legacyName = "TeamFoundationService (TEAM FOUNDATION)";
  const legacy = builder.add({
    kind: "legacy-service",
    prefix: "acs",
    payload: legacyId,
    storageKey: builder.guid("legacy-service", 1),
    originId: builder.guid("legacy-service", 1),
    displayName: legacyName,
    principalName: legacyName,
    domain: "LOCAL AUTHORITY",
    mail: "",
    identity: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${legacyId}\\${legacyName}`,
    known: "graph",
    active: true,
    metaType: "member",
  });
  const collection = buildService(builder, builder.collectionId, "Project Collection", 0);
  const poolId = builder.guid("agent-pool", 0);
  const pool = { displayName: "Agent Pool Service (1)", domain: "AgentPool", principalName: poolId };
  const agents = serviceAccount(builder, pool, 1);
  const wellFormed = builder.projects.filter((project) => project.state === "wellFormed");
  return [
    legacy,
    collection,
    agents,
    ...wellFormed.map((project) => buildService(builder, project.id, project.name, project.index + 2)),
  ];
}

const strayKinds = ["deleted", "unresolvable", "foreign", "deleted", "unresolvable", "unknown-kind"] as const;

/** Where the numbers of Windows accounts begin that were closed. */
const formerAccounts = 1_000_000;

function stray(builder: Builder, kind: (typeof strayKinds)[number], at: number): number {
  const storageKey = builder.guid("stray", at, 6);
  const foreign = kind === "foreign";
  const tenant = foreign ? builder.foreignTenantId : builder.tenantId;
  const mail = `former${at}@${foreign ? "elsewhere.example" : "fabrikam.example"}`;
  const unknown = kind === "unknown-kind";
  const type = unknown ? "Contoso.FutureIdentity" : "Microsoft.IdentityModel.Claims.ClaimsIdentity";
  return builder.add({
    kind: "stray",
    prefix: unknown ? "futid" : "aad",
    payload: builder.guid("stray-cuid", at, 7),
    storageKey,
    originId: builder.guid("stray-object", at),
    displayName: `Former member ${at}`,
    principalName: mail,
    domain: tenant,
    mail,
    identity: `${type};${tenant}\\${mail}`,
    known: kind === "deleted" ? "graph" : kind === "unresolvable" ? "nowhere" : "identities",
    active: false,
    metaType: "member",
    ...(builder.settings.deployment === "onPremises" && !unknown ? windowsAccount(builder, formerAccounts + at) : {}),
    ...(kind === "deleted" ? { deletedInOrigin: true } : {}),
  });
}

/** A group that was deleted: in no listing and no group, but Graph still gives it, and entries still name it (facts 2.7). */
export function seedDeletedGroup(builder: Builder): number {
  const id = builder.guid("deleted-group", 0);
  const sid = customSid(builder.collectionId, builder.guid("deleted-group-sid", 0));
  return builder.add({
    kind: "stray",
    prefix: "vssgp",
    payload: sid,
    storageKey: id,
    originId: id,
    displayName: "Former approvers",
    principalName: `[${builder.settings.organization}]\\Former approvers`,
    domain: `vstfs:///Framework/IdentityDomain/${builder.collectionId}`,
    mail: null,
    identity: `Microsoft.TeamFoundation.Identity;${sid}`,
    known: "graph",
    active: false,
    group: { kind: "made", description: null, specialType: "Generic", members: [] },
  });
}

/**
 * Identities that still sit in groups and entries but are in no listing: deleted ones that Graph still gives,
 * ones that nothing resolves, ones of another tenant, and one kind that no published list knows (facts 2.7).
 */
export function seedStrays(builder: Builder): number[] {
  const count = Math.max(strayKinds.length * 2, Math.floor(builder.settings.groups / 20));
  return Array.from({ length: count }, (_, at) => stray(builder, strayKinds[at % strayKinds.length] ?? "deleted", at));
}
