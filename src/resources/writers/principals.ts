import { canonicalDescriptor, isDescriptor, kindOf, prefixOf } from "../../azure-devops/descriptors.ts";
import type { GraphUser } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { GuardedKind } from "../../connector/changes.ts";
import { shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { builtInOf } from "./built-in.ts";

/** For whom something is changed. */
export interface Principal {
  readonly ref: ResourceRef;
  /** Subject descriptor; of an identity that does not resolve, its id here. */
  readonly descriptor: string;
  readonly name: string;
  /** Absent when nothing knows it any more. */
  readonly subject?: GraphUser;
  /** Set for those that Tier 0 is kept from. */
  readonly guarded?: GuardedKind;
}

const typesOfKind: Readonly<Record<string, string>> = {
  user: "user",
  group: "group",
  "service-principal": "service-principal",
  "service-account": "service-account",
  other: "unknown-identity",
};

/** The principal of a request; what cannot hold anything is `invalid-request`. */
export async function findPrincipal(readings: Readings, ref: ResourceRef, call: Call): Promise<Principal> {
  const isTeam = ref.type === "team";
  if (!isTeam && typesOfKind[kindOf(ref.id)] !== ref.type) throw wrongType(ref);
  // Upstream takes other spellings too, and whoever is guarded must not be missed by one.
  const descriptor = canonicalDescriptor(isTeam ? await groupOfTeam(readings, ref.id, call) : ref.id);
  if (!isDescriptor(descriptor) || prefixOf(descriptor) === "ukn") return { ref, descriptor, name: ref.id };
  const subject = await subjectOf(readings, descriptor, call);
  const guarded = guardedKindOf(descriptor, subject);
  return {
    ref,
    descriptor,
    name: subject?.displayName || subject?.principalName || descriptor,
    ...(subject ? { subject } : {}),
    ...(guarded ? { guarded } : {}),
  };
}

/** Fails with `not-found` when nothing knows the principal. */
export function mustExist(principal: Principal): void {
  if (principal.subject) return;
  const told = `the organization has no ${principal.ref.type} ${shorten(principal.ref.id)}: sync again, or add them first`;
  throw new ConnectorError("not-found", told);
}

/** The descriptor of a team's group; of what is no team, its id. A storage key can be anybody's. */
async function groupOfTeam({ client, projects }: Readings, id: string, call: Call): Promise<string> {
  const isTeam = (await projects.teams(call)).has(id.toLowerCase());
  return (isTeam ? await client.graph.getDescriptor(id, call) : undefined) ?? id;
}

/** People are asked for one by one: only then is it documented that guests are told from members (SPEC graph). */
async function subjectOf({ client }: Readings, descriptor: string, call: Call): Promise<GraphUser | undefined> {
  if (kindOf(descriptor) === "user") return client.graph.getUser(descriptor, call);
  return (await client.graph.lookup([descriptor], call)).get(descriptor);
}

function wrongType({ type, id }: ResourceRef): ConnectorError {
  return new ConnectorError(
    "invalid-request",
    `${shorten(`${type}:${id}`)} is no principal: take type and id together from the listings`,
  );
}

/** What Tier 0 is kept from, as far as it is told: somebody of Entra of whom nothing is told can be a guest. */
export function guardedKindOf(descriptor: string, subject: GraphUser | undefined): GuardedKind | undefined {
  if (builtInOf(descriptor) === "everybody") return "valid-users";
  if (prefixOf(descriptor) === "aadgp") return "entra-groups";
  if (kindOf(descriptor) === "group") return "groups";
  if (kindOf(descriptor) === "service-account") return "build-identities";
  if (!subject || kindOf(descriptor) !== "user") return undefined;
  const isMember = subject.metaType ? subject.metaType.toLowerCase() !== "guest" : prefixOf(descriptor) !== "aad";
  return isMember && !/#ext#@/i.test(subject.principalName ?? "") ? undefined : "guests";
}

/** By which the services of roles and licences know a principal, in lower case. */
export async function storageKeyOf({ client }: Readings, { descriptor, name }: Principal, call: Call): Promise<string> {
  const key = isDescriptor(descriptor) ? await client.graph.getStorageKey(descriptor, call) : undefined;
  if (key !== undefined) return key;
  throw new ConnectorError("not-found", `the organization does not know ${name} any more: sync again`);
}
