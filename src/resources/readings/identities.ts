import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor, identityTypeOf, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import { type IdentityKeys, maxBatch } from "../../azure-devops/identities.ts";
import type { Identity } from "../../azure-devops/schemas.ts";
import { type Call, sleep } from "../../call.ts";
import { safeId, unknownIdentityId } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { createShared, type Shared } from "../../shared-load.ts";
import type { Subject, SubjectReading } from "./subjects.ts";

/** Who an identity is: a subject, or one that does not resolve. */
export type ResolvedIdentity =
  | { readonly subjectId: string; readonly displayName: string | undefined; readonly active: boolean }
  | { readonly unresolved: true };

/** Turns storage keys and identity descriptors into subjects, each looked up once, many in one request. */
export interface IdentityResolver {
  byStorageKey(keys: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
  byDescriptor(descriptors: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
  /**
   * The same for whoever holds something: who does not resolve is asked for once more, and then looked for among those
   * listed, since somebody's rights must not move to a stranger for an answer that left them out.
   */
  holders(descriptors: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
}

export function createIdentityResolver({ identities }: AzureDevOpsClient, subjects: SubjectReading): IdentityResolver {
  const read = (keys: IdentityKeys, call: Call) => identities.readBatch(keys, "none", call);
  const byDescriptor = createResolve((descriptors, call) => read({ descriptors }, call));
  const again = createResolve((descriptors, call) => read({ descriptors }, call));
  return {
    byStorageKey: createResolve((identityIds, call) => read({ identityIds }, call)),
    byDescriptor,
    async holders(descriptors, call) {
      const resolved = new Map(await byDescriptor(descriptors, call));
      const missing = unresolvedOf(resolved);
      for (const [descriptor, identity] of await again(missing, call)) resolved.set(descriptor, identity);
      const lost = unresolvedOf(resolved);
      if (lost.length === 0) return resolved;
      const listed = peopleByClaims(await subjects.all(call));
      for (const descriptor of lost) {
        const subject = listed.get(claimsOf(descriptor));
        if (!subject) continue;
        const { id, graph } = subject;
        resolved.set(descriptor, { subjectId: id, displayName: graph.displayName ?? undefined, active: true });
      }
      return resolved;
    },
  };
}

function unresolvedOf(resolved: ReadonlyMap<string, ResolvedIdentity>): string[] {
  return [...resolved].flatMap(([descriptor, identity]) => ("unresolved" in identity ? [descriptor] : []));
}

/** `{tenant}\{sign-in name}`, by which an Entra user's identity descriptor names them (facts 2.2). */
function claimsOf(identityDescriptor: string): string {
  return identityDescriptor.slice(identityDescriptor.indexOf(";") + 1).toLowerCase();
}

function peopleByClaims(subjects: ReadonlyMap<string, Subject>): ReadonlyMap<string, Subject> {
  const found = new Map<string, Subject>();
  for (const subject of subjects.values()) {
    const { domain, principalName } = subject.graph;
    if (subject.kind === "user" && domain && principalName) {
      found.set(`${domain}\\${principalName}`.toLowerCase(), subject);
    }
  }
  return found;
}

/** Keys that are asked for within this time go into one request, whoever asks. */
const gatherMs = 15;

interface Batch {
  readonly keys: string[];
  readonly answers: Shared<readonly (Identity | null)[]>;
}

function createResolve(read: (keys: readonly string[], call: Call) => Promise<readonly (Identity | null)[]>) {
  const places = new Map<string, { readonly batch: Batch; readonly index: number }>();
  let open: Batch | undefined;

  function placeOf(key: string): { readonly batch: Batch; readonly index: number } {
    const known = places.get(key);
    if (known) return known;
    if (!open || open.keys.length >= maxBatch) open = newBatch();
    const place = { batch: open, index: open.keys.push(key) - 1 };
    places.set(key, place);
    return place;
  }

  function newBatch(): Batch {
    const keys: string[] = [];
    const batch: Batch = {
      keys,
      answers: createShared(async (call) => {
        if (keys.length < maxBatch) await sleep(gatherMs, call.signal);
        if (open === batch) open = undefined;
        const answers = await read(keys, call);
        if (answers.length === keys.length) return answers;
        const told = "POST identitybatch: not one answer for each identity asked for; sync again";
        throw new ConnectorError("unexpected-answer", told);
      }),
    };
    return batch;
  }

  return async (keys: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>> => {
    const wanted = [...new Set(keys)].map((key) => ({ key, ...placeOf(key) }));
    const entries = wanted.map(async ({ key, batch, index }) => {
      const answers = await batch.answers.get(call);
      return [key, resolvedIdentity(answers[index] ?? null)] as const;
    });
    return new Map(await Promise.all(entries));
  };
}

function resolvedIdentity(identity: Identity | null): ResolvedIdentity {
  if (!identity) return { unresolved: true };
  const subject = identity.subjectDescriptor ?? subjectOfIdentity(identity.descriptor);
  const displayName = identity.customDisplayName ?? identity.providerDisplayName ?? undefined;
  if (!subject) return { unresolved: true };
  return { subjectId: safeId(canonicalDescriptor(subject)), displayName, active: identity.isActive !== false };
}

/** The id by which an identity descriptor is reported when nobody resolves it, and what it says of itself. */
export function unresolvedIdentity(identityDescriptor: string): { id: string; identityType: string } {
  const subject = subjectOfIdentity(identityDescriptor);
  const id = subject === undefined ? unknownIdentityId(identityDescriptor) : safeId(subject);
  return { id, identityType: identityTypeOf(identityDescriptor) };
}
