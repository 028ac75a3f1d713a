import type { GraphGroup, GraphServicePrincipal, GraphUser } from "../../azure-devops/types.ts";
import { encodePayload } from "../ids.ts";
import { descriptorOf } from "../lookup.ts";
import type { Service } from "../service.ts";
import type { Project, Subject } from "../state.ts";

interface Link {
  readonly href: string;
}

/** Bodies carry links; their casing differs from the paths that are asked (facts 15.3). */
export interface Linked {
  readonly _links: Readonly<Record<string, Link>>;
}

/** Descriptor of the scope of a project (facts 2.6, 15.3). */
export function scopeDescriptor(project: Project): string {
  return `scp.${encodePayload(project.scopeId)}`;
}

function collectionOf(subject: Subject): string {
  if (subject.group) return "Groups";
  return subject.kind === "service-principal" ? "ServicePrincipals" : "Users";
}

/** URL of a subject in the Graph area. */
export function subjectUrl(service: Service, subject: Subject): string {
  return `${service.baseUrl("vssps")}/_apis/Graph/${collectionOf(subject)}/${descriptorOf(subject)}`;
}

function linksOf(service: Service, subject: Subject): Readonly<Record<string, Link>> {
  const descriptor = descriptorOf(subject);
  const graph = `${service.baseUrl("vssps")}/_apis/Graph`;
  return {
    self: { href: subjectUrl(service, subject) },
    memberships: { href: `${graph}/Memberships/${descriptor}` },
    membershipState: { href: `${graph}/MembershipStates/${descriptor}` },
    storageKey: { href: `${graph}/StorageKeys/${descriptor}` },
    ...(subject.group
      ? {}
      : { avatar: { href: `${service.baseUrl("core")}/_apis/GraphProfile/MemberAvatars/${descriptor}` } }),
  };
}

function originOf(subject: Subject): string {
  if (subject.kind === "msa-user") return "msa";
  const vsts: readonly Subject["kind"][] = ["group", "service-account", "legacy-service"];
  return vsts.includes(subject.kind) ? "vsts" : "aad";
}

function memberFields(service: Service, subject: Subject) {
  return {
    domain: subject.domain,
    principalName: subject.principalName,
    mailAddress: subject.mail,
    origin: originOf(subject),
    originId: subject.originId === "" ? null : subject.originId,
    displayName: subject.displayName,
    _links: linksOf(service, subject),
    url: subjectUrl(service, subject),
    descriptor: descriptorOf(subject),
  };
}

/** A user as Graph gives it; fields that are unset are left out, the mail address is null instead. */
export function graphUser(service: Service, subject: Subject): GraphUser & Linked {
  return {
    subjectKind: "user",
    ...(subject.metaType === undefined ? {} : { metaType: subject.metaType }),
    ...(subject.directoryAlias === undefined ? {} : { directoryAlias: subject.directoryAlias }),
    ...(subject.deletedInOrigin ? { isDeletedInOrigin: true } : {}),
    ...memberFields(service, subject),
  };
}

/** A service principal or managed identity (facts 2.1, 9.4). */
export function graphServicePrincipal(service: Service, subject: Subject): GraphServicePrincipal & Linked {
  return {
    ...graphUser(service, subject),
    subjectKind: "servicePrincipal",
    applicationId: subject.applicationId ?? null,
  };
}

/** A group of Azure DevOps or of Entra. */
export function graphGroup(service: Service, subject: Subject): GraphGroup & Linked {
  return {
    subjectKind: "group",
    description: subject.group?.description ?? null,
    ...(subject.kind === "entra-group" ? { isCrossProject: true } : {}),
    ...(subject.kind === "stray" && service.beliefs.deletedGroups === "flagged" ? { isDeleted: true } : {}),
    ...memberFields(service, subject),
  };
}

/** Any subject in its own form. */
export function graphSubject(service: Service, subject: Subject) {
  if (subject.group) return graphGroup(service, subject);
  return subject.kind === "service-principal" ? graphServicePrincipal(service, subject) : graphUser(service, subject);
}
