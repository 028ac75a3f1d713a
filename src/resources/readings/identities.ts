import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor, identityTypeOf, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import { type IdentityKeys, maxBatch } from "../../azure-devops/identities.ts";
import type { Identity } from "../../azure-devops/schemas.ts";
import { type Call, sleep } from "../../call.ts";
import { safeId, unknownIdentityId } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { createShared, type Shared } from "../../shared-load.ts";

/** Who an identity is: a subject, or one that does not resolve. */
export type ResolvedIdentity =
  | { readonly subjectId: string; readonly displayName: string | undefined; readonly active: boolean }
  | { readonly unresolved: true };

/** Turns storage keys and identity descriptors into subjects, each looked up once, many in one request. */
export interface IdentityResolver {
  byStorageKey(keys: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
  byDescriptor(descriptors: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
}

export function createIdentityResolver({ identities }: AzureDevOpsClient): IdentityResolver {
  const read = (keys: IdentityKeys, call: Call) => identities.readBatch(keys, "none", call);
  return {
    byStorageKey: createResolve((identityIds, call) => read({ identityIds }, call)),
    byDescriptor: createResolve((descriptors, call) => read({ descriptors }, call)),
  };
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
