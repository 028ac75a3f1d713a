/**
 * Subject descriptors (`vssgp.…`, what Graph and member entitlements speak) and identity descriptors
 * (`Microsoft.TeamFoundation.Identity;S-1-9-…`, what access control lists and the identity service speak).
 */

/** What the part before the dot says a subject is. */
export type SubjectKind = "user" | "group" | "service-principal" | "service-account" | "other";

const kindOfPrefix: Readonly<Record<string, SubjectKind>> = {
  aad: "user",
  msa: "user",
  bnd: "user",
  imp: "user",
  vssgp: "group",
  aadgp: "group",
  aadsp: "service-principal",
  svc: "service-account",
  acs: "service-account",
  s2s: "service-account",
  agg: "service-account",
  slic: "service-account",
  sace: "service-account",
  csp: "service-account",
  sscp: "service-account",
  scsp: "service-account",
  spa: "service-account",
};

/** The prefix in lower case, or "" when there is none: `aad.MDA0` gives `aad`. */
export function prefixOf(descriptor: string): string {
  const dot = descriptor.indexOf(".");
  return dot < 0 ? "" : descriptor.slice(0, dot).toLowerCase();
}

export function kindOf(descriptor: string): SubjectKind {
  const prefix = prefixOf(descriptor);
  return (Object.hasOwn(kindOfPrefix, prefix) ? kindOfPrefix[prefix] : undefined) ?? "other";
}

/** A descriptor's one spelling: upstream compares the prefix without case, the payload with it. */
export function canonicalDescriptor(descriptor: string): string {
  const dot = descriptor.indexOf(".");
  if (dot < 0) return descriptor;
  const prefix = descriptor.slice(0, dot);
  const lower = prefix.toLowerCase();
  return prefix === lower ? descriptor : lower + descriptor.slice(dot);
}

/** True for what Graph takes for a descriptor; it answers other text as if the address did not exist. */
export function isDescriptor(text: string): boolean {
  return /^[A-Za-z0-9]{3,5}\.[A-Za-z0-9_-]{1,256}$/.test(text);
}

export function isEntraGroup(descriptor: string): boolean {
  return prefixOf(descriptor) === "aadgp";
}

const groupType = "microsoft.teamfoundation.identity";
const serviceType = "microsoft.teamfoundation.serviceidentity";

/** SIDs of groups that stand for an Entra group; the rest is the Entra object id (facts 2.3). */
const entraGroupSid = "s-1-9-1551374245-1204400969-2402986413-2179408616-3-";

/**
 * The subject descriptor that an identity descriptor stands for, where it can be computed: groups by SID, service
 * identities by their payload. Undefined for people: theirs holds the sign-in name, the subject
 * descriptor an id, and only the identity service knows which belongs to which.
 */
export function subjectOfIdentity(identityDescriptor: string): string | undefined {
  const semicolon = identityDescriptor.indexOf(";");
  if (semicolon < 0) return undefined;
  const type = identityDescriptor.slice(0, semicolon).toLowerCase();
  const identifier = identityDescriptor.slice(semicolon + 1);
  switch (type) {
    case groupType: {
      const prefix = identifier.toLowerCase().startsWith(entraGroupSid) ? "aadgp" : "vssgp";
      return `${prefix}.${payload(sid.test(identifier) ? identifier.toUpperCase() : identifier)}`;
    }
    case serviceType:
      return `svc.${payload(identifier.replace(guids, (guid) => guid.toLowerCase()))}`;
    default:
      return undefined;
  }
}

/** The identity descriptor of a group; only groups' can be computed from their subject descriptor (facts 2.2). */
export function identityOfGroup(descriptor: string): string {
  return `Microsoft.TeamFoundation.Identity;${payloadText(descriptor)}`;
}

const sid = /^s-[\d-]+$/i;

/** Their case differs between services (facts 1.5); subject descriptors hold them in lower case, SIDs in upper. */
const guids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function payload(identifier: string): string {
  return Buffer.from(identifier, "utf8").toString("base64url");
}

/** The text inside a subject descriptor, e.g. a SID or `{host}:Build:{project}`. */
export function payloadText(descriptor: string): string {
  return Buffer.from(descriptor.slice(descriptor.indexOf(".") + 1), "base64url").toString("utf8");
}

/** The kind of identity that an identity descriptor names, without who it is (that part can hold a mail address). */
export function identityTypeOf(identityDescriptor: string): string {
  const semicolon = identityDescriptor.indexOf(";");
  return semicolon < 0 ? "unknown" : identityDescriptor.slice(0, semicolon);
}

const projectDomain = /^vstfs:\/\/\/Classification\/TeamProject\/([0-9a-f-]{36})$/i;

/** The project that a group belongs to, from its `domain`; undefined for collection and Entra groups. */
export function projectOfDomain(domain: string | null | undefined): string | undefined {
  return projectDomain.exec(domain ?? "")?.[1]?.toLowerCase();
}

/** A date as Azure DevOps writes it; undefined for absent, unreadable and "never" (year 1). */
export function parseDate(text: string | null | undefined): Date | undefined {
  if (!text || text.startsWith("0001-")) return undefined;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const date = new Date(zoned.replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
