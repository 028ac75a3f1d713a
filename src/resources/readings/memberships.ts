import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor, isEntraGroup } from "../../azure-devops/descriptors.ts";
import { type IdentityKeys, maxBatch } from "../../azure-devops/identities.ts";
import type { Identity } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { itemAt } from "../../connector/handler.ts";
import { safeId } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { createShared, type Shared, type SharedOptions } from "../../shared-load.ts";
import type { IdentityResolver } from "./identities.ts";
import { listedMember, type Member, resolveMembers } from "./member-resolution.ts";

/** A container of members: a group or a team. */
export interface Container {
  readonly id: string;
  /** Subject descriptor of the group; a team's is that of its group. */
  readonly descriptor: string;
}

/** Direct members of all groups (or all teams), read in batches in the order of their ids. */
export interface MembershipReading {
  /** Undefined when the container vanished since it was listed. */
  of(id: string, call: Call): Promise<readonly Member[] | undefined>;
  readonly started: boolean;
}

/** Where memberships come from in this sync. */
export type MembershipSource = "identity-service" | "graph";

/** Who is in groups that Microsoft Entra keeps, as Entra has it; of other groups, and of those it does not have, nothing. */
export type EntraMemberReading = (
  containers: readonly Container[],
  call: Call,
) => Promise<ReadonlyMap<string, readonly Member[]>>;

export interface MembershipOptions extends SharedOptions {
  readonly client: AzureDevOpsClient;
  readonly resolver: IdentityResolver;
  readonly source: (call: Call) => Promise<MembershipSource>;
  readonly storageKeys: (call: Call) => Promise<ReadonlyMap<string, Member>>;
  /** Who is in groups of Microsoft Entra as that has it, besides those of whom Azure DevOps tells. */
  readonly entraMembers?: EntraMemberReading | undefined;
  /** All containers, in ascending order of id. */
  readonly containers: (call: Call) => Promise<readonly Container[]>;
}

/** Batches that are read ahead of the one asked for. */
const ahead = 4;

export type BatchOptions = Pick<MembershipOptions, "client" | "resolver" | "source" | "storageKeys" | "entraMembers">;

type Batch = ReadonlyMap<string, readonly Member[] | undefined>;

export function createMembershipReading(options: MembershipOptions): MembershipReading {
  const { containers, ttlMs } = options;
  const life = ttlMs === undefined ? {} : { ttlMs };
  const plan = createShared(async (call: Call) => {
    const all = await containers(call);
    const batches: Shared<Batch>[] = [];
    const batchOf = new Map<string, number>();
    for (let start = 0; start < all.length; start += maxBatch) {
      const slice = all.slice(start, start + maxBatch);
      for (const container of slice) batchOf.set(container.id, batches.length);
      batches.push(createShared((own) => readBatch(options, slice, own), life));
    }
    return { batches, batchOf };
  }, life);

  return {
    async of(id, call) {
      const { batches, batchOf } = await plan.get(call);
      const index = batchOf.get(id);
      if (index === undefined) return undefined;
      const members = await itemAt(batches, index).get(call);
      for (const batch of batches.slice(index + 1, index + 1 + ahead)) batch.prefetch(call);
      return members.get(id);
    },
    get started() {
      return plan.started;
    },
  };
}

/** The members of a few containers, in the form that this sync uses. */
export async function readBatch(options: BatchOptions, containers: readonly Container[], call: Call): Promise<Batch> {
  const [told, entra] = await Promise.all([
    readFromAzureDevOps(options, containers, call),
    options.entraMembers?.(containers, call),
  ]);
  if (!entra) return told;
  const both = (id: string, members: readonly Member[] | undefined) => {
    const more = entra.get(id);
    if (!members || !more) return members;
    return [...new Map([...more, ...members].map((member) => [member.subjectId, member])).values()];
  };
  return new Map([...told].map(([id, members]) => [id, both(id, members)]));
}

async function readFromAzureDevOps(
  options: BatchOptions,
  containers: readonly Container[],
  call: Call,
): Promise<Batch> {
  if ((await options.source(call)) === "graph") return readFromGraph(options.client, containers, call);
  const keys: IdentityKeys = { subjectDescriptors: containers.map(({ descriptor }) => descriptor) };
  const [answers, storageKeys] = await Promise.all([
    options.client.identities.readBatch(keys, "direct", call),
    options.storageKeys(call),
  ]);
  const first = matchAnswers(containers, answers);
  const entra = first.missing.filter(({ descriptor }) => isEntraGroup(descriptor));
  const again = await readEntraAgain(options.client, entra, call);
  const found = [...first.found, ...again];
  const missing = first.missing.filter((container) => again.every(([known]) => known !== container));
  const members = await resolveMembers(
    found.map(([, identity]) => identity),
    storageKeys,
    options.resolver,
    call,
  );
  const batch = new Map(found.map(([container], index) => [container.id, members[index]]));
  // A group that the identity service does not know is asked for in the documented form, which can say that it is gone.
  for (const [id, direct] of await readFromGraph(options.client, missing, call)) batch.set(id, direct);
  return batch;
}

/**
 * Entra groups that the identity service did not know, asked for once more. Graph knows other members of an Entra group,
 * so it cannot stand in for it: one that is still unknown must be gone.
 */
async function readEntraAgain(
  client: AzureDevOpsClient,
  groups: readonly Container[],
  call: Call,
): Promise<[Container, Identity][]> {
  if (groups.length === 0) return [];
  const subjectDescriptors = groups.map(({ descriptor }) => descriptor);
  const answers = await client.identities.readBatch({ subjectDescriptors }, "direct", call);
  const { found, missing } = matchAnswers(groups, answers);
  await Promise.all(missing.map((group) => mustBeGone(client, group, call)));
  return found;
}

async function mustBeGone({ graph }: AzureDevOpsClient, { descriptor }: Container, call: Call): Promise<void> {
  if ((await graph.getGroup(descriptor, call)) === undefined) return;
  throw new ConnectorError(
    "unexpected-answer",
    "POST identitybatch: an Entra group that Graph has is not known; sync again",
  );
}

function matchAnswers(
  containers: readonly Container[],
  answers: readonly (Identity | null)[],
): { found: [Container, Identity][]; missing: Container[] } {
  const bySubject = new Map(
    answers.flatMap((answer) =>
      answer?.subjectDescriptor ? [[canonicalDescriptor(answer.subjectDescriptor), answer] as const] : [],
    ),
  );
  const positional = answers.length === containers.length;
  const found: [Container, Identity][] = [];
  const missing: Container[] = [];
  containers.forEach((container, index) => {
    const inPlace = positional ? answers[index] : undefined;
    const unnamed = inPlace && !inPlace.subjectDescriptor ? inPlace : undefined;
    const identity = bySubject.get(container.descriptor) ?? unnamed;
    if (identity) found.push([container, withMembers(identity)]);
    else missing.push(container);
  });
  return { found, missing };
}

/** An answer without member lists says nothing about members; taking it for an empty group would revoke everybody. */
function withMembers(identity: Identity): Identity {
  if (identity.members || identity.memberIds) return identity;
  throw new ConnectorError(
    "unexpected-answer",
    "POST identitybatch: an identity comes without its members; check the proxies on the way to Azure DevOps",
  );
}

async function readFromGraph(
  { graph }: AzureDevOpsClient,
  containers: readonly Container[],
  call: Call,
): Promise<Batch> {
  const entries = containers.map(async ({ id, descriptor }) => {
    const descriptors = await graph.listMembers(descriptor, call);
    const ids = descriptors && new Set(descriptors.map((member) => safeId(canonicalDescriptor(member))));
    const members = ids && [...ids].map(listedMember);
    return [id, members] as const;
  });
  return new Map(await Promise.all(entries));
}
