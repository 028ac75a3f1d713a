import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor, identityTypeOf, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import { type IdentityKeys, maxBatch } from "../../azure-devops/identities.ts";
import type { Identity } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId, unknownIdentityId } from "../../connector/ids.ts";

/** Who an identity is: a subject, or one that does not resolve. */
export type ResolvedIdentity =
  | { readonly subjectId: string; readonly displayName: string | undefined; readonly active: boolean }
  | { readonly unresolved: true };

/**
 * Turns storage keys and identity descriptors into subjects, each looked up once. Lookups of one moment share batches
 * by being handed over together: callers pass all they need at a time.
 */
export interface IdentityResolver {
  byStorageKey(keys: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
  byDescriptor(descriptors: readonly string[], call: Call): Promise<ReadonlyMap<string, ResolvedIdentity>>;
}

export function createIdentityResolver({ identities }: AzureDevOpsClient): IdentityResolver {
  const known = {
    identityIds: new Map<string, Promise<ResolvedIdentity>>(),
    descriptors: new Map<string, Promise<ResolvedIdentity>>(),
  };

  async function resolve(
    kind: "identityIds" | "descriptors",
    keys: readonly string[],
    call: Call,
  ): Promise<ReadonlyMap<string, ResolvedIdentity>> {
    const cache = known[kind];
    const missing = [...new Set(keys)].filter((key) => !cache.has(key));
    for (let start = 0; start < missing.length; start += maxBatch) {
      const batch = missing.slice(start, start + maxBatch);
      const answer = identities.readBatch(keysOf(kind, batch), "none", call);
      batch.forEach((key, index) => {
        const resolved = answer.then((found) => resolvedIdentity(found[index] ?? null));
        cache.set(key, resolved);
        resolved.catch(() => cache.delete(key));
      });
    }
    const entries = keys.map(async (key) => {
      const resolved = await cache.get(key);
      return [key, resolved ?? { unresolved: true }] as const;
    });
    return new Map(await Promise.all(entries));
  }

  return {
    byStorageKey: (keys, call) => resolve("identityIds", keys, call),
    byDescriptor: (descriptors, call) => resolve("descriptors", descriptors, call),
  };
}

function keysOf(kind: "identityIds" | "descriptors", keys: readonly string[]): IdentityKeys {
  return kind === "identityIds" ? { identityIds: keys } : { descriptors: keys };
}

function resolvedIdentity(identity: Identity | null): ResolvedIdentity {
  if (!identity) return { unresolved: true };
  const subject = identity.subjectDescriptor ?? subjectOfIdentity(identity.descriptor);
  const displayName = identity.providerDisplayName ?? undefined;
  if (!subject) return { unresolved: true };
  return { subjectId: safeId(canonicalDescriptor(subject)), displayName, active: identity.isActive !== false };
}

/** The id by which an identity descriptor is reported when nobody resolves it, and what it says of itself. */
export function unresolvedIdentity(identityDescriptor: string): { id: string; identityType: string } {
  const subject = subjectOfIdentity(identityDescriptor);
  const id = subject === undefined ? unknownIdentityId(identityDescriptor) : safeId(subject);
  return { id, identityType: identityTypeOf(identityDescriptor) };
}
