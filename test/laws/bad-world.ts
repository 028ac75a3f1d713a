import type { MessageInitShape } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { expect } from "vitest";
import {
  type StreamSyncRequestSchema,
  StreamSyncResponseSchema,
  type SyncManifest,
} from "../../gen/azuredevops/connector/v1/sync_pb.js";
import {
  type AccessEntry,
  type AccessList,
  descriptorOf,
  type Emulator,
  type EmulatorOptions,
  type OrganizationState,
  startEmulator,
  subjectAt,
} from "../../src/emulator/index.ts";
import { type Amendments, createAmendments } from "../support/amended.ts";
import { keyOf, rowsOfStream, type Streamed } from "../support/rights.ts";
import { wholeStream } from "../support/stream.ts";
import { type Replica, type ReplicaOptions, startReplica } from "../support/world.ts";

/** A tiny organization with bad data in it, and a connector that tells every permission of it. */
export interface BadWorld extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly replica: Replica;
  readonly amendments: Amendments;
  /** Everything told, after the contract's rules were held against it. */
  sync(request?: MessageInitShape<typeof StreamSyncRequestSchema>): Promise<Synced>;
  /** How a sync fails. */
  failure(): Promise<{ readonly code: number; readonly message: string }>;
  /** A repository's token and project. */
  readonly repository: { readonly id: string; readonly projectId: string; readonly token: string };
  /** People whom Graph lists and whom denies bind, by the number by which entries name them. */
  readonly people: readonly number[];
}

export interface Synced extends Streamed {
  readonly manifest: SyncManifest;
  /** `<slug> <principal>` of every grant on a resource. */
  on(resource: string): readonly string[];
}

const tiny: EmulatorOptions = {
  users: 12,
  groups: 4,
  projects: 2,
  teamsPerProject: 1,
  repositoriesPerProject: 2,
  endpointsPerProject: 1,
  variableGroupsPerProject: 1,
  environmentsPerProject: 1,
  pools: 2,
  feeds: 2,
};

const validator = createValidator();

export async function badWorld(options: EmulatorOptions = {}, own: ReplicaOptions = {}): Promise<BadWorld> {
  const amendments = createAmendments();
  const emulator = await startEmulator({ ...tiny, onRequest: amendments.hook, ...options });
  amendments.origin = new URL(emulator.url).origin;
  const replica = await startReplica(emulator, {
    ...own,
    sync: { permissionDetail: "all", optionalTypes: [], ...own.sync },
  });
  const { state } = emulator;
  const repository = state.repositories.find(({ project }) => state.projects[project]?.state === "wellFormed");
  const projectId = state.projects[repository?.project ?? -1]?.id;
  if (!repository || projectId === undefined) throw new Error("no repository");
  return {
    emulator,
    replica,
    amendments,
    repository: { id: repository.id, projectId, token: `repoV2/${projectId}/${repository.id}` },
    people: state.users.filter((who) => isOrdinary(state, who)),
    async sync(request) {
      const batches = await wholeStream(replica, request);
      for (const batch of batches) {
        const result = validator.validate(StreamSyncResponseSchema, batch);
        expect(result.kind === "invalid" ? result.violations.slice(0, 3).map(String) : result.kind).toBe("valid");
      }
      const told = rowsOfStream(batches);
      const manifest = batches.at(-1)?.manifest;
      if (!manifest) throw new Error("the stream ended without a manifest");
      const on = (resource: string) =>
        told.grants
          .filter(({ entitlement }) => keyOf(entitlement?.resource?.id) === resource)
          .map(({ entitlement, principal }) => `${entitlement?.slug} ${keyOf(principal?.id)}`)
          .sort();
      return { ...told, manifest, on };
    },
    async failure() {
      const outcome: unknown = await wholeStream(replica).catch((error: unknown) => error);
      if (outcome instanceof Error && "code" in outcome && typeof outcome.code === "number") {
        return { code: outcome.code, message: outcome.message };
      }
      throw new Error(`expected a failure, not ${Array.isArray(outcome) ? "a whole sync" : String(outcome)}`);
    },
    async [Symbol.asyncDispose]() {
      await replica.close();
      await emulator.close();
    },
  };
}

/** Denies do not bind who administers the collection. */
function isOrdinary(state: OrganizationState, who: number): boolean {
  const { kind, active } = subjectAt(state, who);
  const administrators = new Set([state.administrators]);
  for (const at of administrators)
    for (const each of subjectAt(state, at).group?.members ?? []) administrators.add(each);
  return kind === "entra-user" && active && !administrators.has(who);
}

export const list = (token: string, ...entries: AccessEntry[]): AccessList => ({ token, inherit: true, entries });

export const allows = (who: number | string, allow: number): AccessEntry => ({ who, allow, deny: 0 });

export const denies = (who: number | string, deny: number): AccessEntry => ({ who, allow: 0, deny });

/** As a subject that Graph lists is told. */
export function refOf({ state }: Emulator, who: number, type = "user"): string {
  return `${type}:${descriptorOf(subjectAt(state, who))}`;
}

/** What the manifest says is missing or left out, as text. */
export function notesOf({ gaps, limits }: SyncManifest): { readonly gaps: string[]; readonly limits: string[] } {
  const text = ({ what, count }: { what: string; count: bigint }) => `${what} (${count})`;
  return { gaps: gaps.map(text), limits: limits.map(text) };
}
