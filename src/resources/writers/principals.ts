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
export async function findPrincipal({ client }: Readings, ref: ResourceRef, call: Call): Promise<Principal> {
  // Upstream takes other spellings too, and whoever is guarded must not be missed by one.
  const descriptor = canonicalDescriptor(await descriptorOf(ref, (id) => client.graph.getDescriptor(id, call)));
  const isTeam = ref.type === "team";
  if (!isTeam && typesOfKind[kindOf(ref.id)] !== ref.type) throw wrongType(ref);
  if (!isDescriptor(descriptor) || prefixOf(descriptor) === "ukn") return { ref, descriptor, name: ref.id };
  const subject = (await client.graph.lookup([descriptor], call)).get(descriptor);
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

async function descriptorOf(ref: ResourceRef, ofTeam: (id: string) => Promise<string | undefined>): Promise<string> {
  return ref.type === "team" ? ((await ofTeam(ref.id)) ?? ref.id) : ref.id;
}

function wrongType({ type, id }: ResourceRef): ConnectorError {
  return new ConnectorError(
    "invalid-request",
    `${shorten(`${type}:${id}`)} is no principal: take type and id together from the listings`,
  );
}

function guardedKindOf(descriptor: string, subject: GraphUser | undefined): GuardedKind | undefined {
  if (builtInOf(descriptor) === "everybody") return "valid-users";
  if (prefixOf(descriptor) === "aadgp") return "entra-groups";
  if (kindOf(descriptor) === "group") return "groups";
  if (kindOf(descriptor) === "service-account") return "build-identities";
  return subject?.metaType?.toLowerCase() === "guest" ? "guests" : undefined;
}

/** By which the services of roles and licences know a principal, in lower case. */
export async function storageKeyOf({ client }: Readings, { descriptor, name }: Principal, call: Call): Promise<string> {
  const key = isDescriptor(descriptor) ? await client.graph.getStorageKey(descriptor, call) : undefined;
  if (key !== undefined) return key;
  throw new ConnectorError("not-found", `the organization does not know ${name} any more: sync again`);
}
