import type { DirectoryObject } from "./directory.ts";
import { customSid, entraSid, guid, wellKnownSid, withVersion } from "./ids.ts";
import type { Service } from "./service.ts";
import type { Project, Subject } from "./state.ts";

/** Subjects that come into being while the organization runs; ids follow from the seed and from how many there are. */
type Fields = Omit<Subject, "index" | "memberOf" | "entitlement">;

function idsOf({ settings, state }: Service, storageKey: string | undefined) {
  const made = guid(settings.seed, "newcomer", state.subjects.length, 6);
  return { storageKey: storageKey ?? made, cuid: withVersion(made, 7) };
}

/** A person or service principal of Entra (facts 2.2, 9.4). */
export function entraMember(service: Service, found: DirectoryObject, storageKey?: string): Fields {
  const { tenantId } = service.state;
  const { cuid, ...ids } = idsOf(service, storageKey);
  const { applicationId, displayName, originId, principalName } = found;
  const common = {
    ...ids,
    payload: cuid,
    originId,
    displayName,
    principalName,
    domain: tenantId,
    known: "graph",
    active: false,
  } as const;
  if (found.kind === "servicePrincipal") {
    return {
      ...common,
      kind: "service-principal",
      prefix: "aadsp",
      mail: null,
      identity: `Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;${tenantId}\\${originId}`,
      directoryAlias: originId,
      metaType: "application",
      ...(applicationId === undefined ? {} : { applicationId }),
    };
  }
  return {
    ...common,
    kind: "entra-user",
    prefix: "aad",
    mail: principalName,
    identity: `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenantId}\\${principalName}`,
    directoryAlias: principalName.split("@")[0] ?? principalName,
    metaType: "member",
  };
}

/** Somebody who was invited and has not signed in (facts 2.1). */
export function invited(service: Service, mail: string, storageKey?: string): Fields {
  const domain = service.settings.entra ? service.state.tenantId : "Windows Live ID";
  const name = `upn:${domain}\\${mail}`;
  return {
    storageKey: idsOf(service, storageKey).storageKey,
    kind: "pending-user",
    prefix: "bnd",
    payload: name,
    originId: "",
    displayName: mail,
    principalName: mail,
    domain,
    mail,
    identity: `Microsoft.TeamFoundation.BindPendingIdentity;${name}`,
    known: "graph",
    active: false,
  };
}

/** A group of Entra that somebody adds here (facts 2.3, 9.5). */
export function entraGroup(service: Service, found: DirectoryObject, storageKey?: string): Fields {
  const { displayName, originId } = found;
  const sid = entraSid(originId);
  return {
    storageKey: idsOf(service, storageKey).storageKey,
    kind: "entra-group",
    prefix: "aadgp",
    payload: sid,
    originId,
    displayName,
    principalName: `[TEAM FOUNDATION]\\${displayName}`,
    domain: service.state.tenantId,
    mail: null,
    identity: `Microsoft.TeamFoundation.Identity;${sid}`,
    known: "graph",
    active: true,
    group: { kind: "entra", description: displayName, specialType: "Generic", members: [] },
  };
}

interface NewGroup {
  readonly displayName: string;
  readonly description: string;
  readonly project: Project | undefined;
  readonly storageKey: string | undefined;
}

/** The name of a group with its owner in brackets (facts 2.4). */
export function groupName({ state }: Service, displayName: string, project: Project | undefined): string {
  return `[${project?.name ?? state.organization}]\\${displayName}`;
}

/** A group of Azure DevOps itself, of a project or of the collection (facts 2.3). */
export function madeGroup(service: Service, { description, displayName, project, storageKey }: NewGroup): Fields {
  const { settings, state } = service;
  const scopeId = project?.scopeId ?? state.collectionId;
  const sid = customSid(scopeId, guid(settings.seed, "newcomer-sid", state.subjects.length));
  const key = idsOf(service, storageKey).storageKey;
  const domain = project
    ? `vstfs:///Classification/TeamProject/${project.id}`
    : `vstfs:///Framework/IdentityDomain/${scopeId}`;
  return {
    storageKey: key,
    kind: "group",
    prefix: "vssgp",
    payload: sid,
    originId: key,
    displayName,
    principalName: groupName(service, displayName, project),
    domain,
    mail: null,
    identity: `Microsoft.TeamFoundation.Identity;${sid}`,
    known: "graph",
    active: true,
    group: {
      kind: "made",
      description,
      specialType: "Generic",
      members: [],
      ...(project ? { project: project.index } : {}),
    },
  };
}

/** The group of all who have access, of a project or of the collection (facts 2.4). */
export function validUsersOf({ lookup, state }: Service, project: Project | undefined): Subject | undefined {
  const sid = wellKnownSid(project?.scopeId ?? state.collectionId, "0-0-0-0-3");
  return lookup.byIdentity(`Microsoft.TeamFoundation.Identity;${sid}`);
}
