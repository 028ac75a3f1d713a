import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = join(import.meta.dirname, "platformtest");
const cache = join(import.meta.dirname, "../../node_modules/.cache/platform-test");

/** What the Go program prints; keys of entitlements and grants are `type:slug` of the entitlement. */
export interface SyncCounts {
  readonly calls: Readonly<Record<string, number>>;
  /** What the syncer warned of: rows that it drops show nowhere else. */
  readonly warnings: readonly { readonly message: string }[];
  readonly milliseconds: number;
  readonly resourceTypes: readonly string[];
  readonly resources: Readonly<Record<string, number>>;
  readonly entitlements: Readonly<Record<string, number>>;
  readonly directGrants: Readonly<Record<string, number>>;
  readonly derivedGrants: Readonly<Record<string, number>>;
  readonly grants: number;
}

/** A stored row; resources are named `type:id`. */
export type Row =
  | { readonly kind: "type" | "entitlement"; readonly id: string }
  | { readonly kind: "resource"; readonly id: string; readonly parent?: string; readonly name: string }
  | {
      readonly kind: "grant";
      readonly id: string;
      readonly entitlement: string;
      readonly principal: string;
      readonly derived?: boolean;
    };

export interface SyncResult extends SyncCounts {
  readonly rows: readonly Row[];
}

export interface SyncRequest {
  readonly address: string;
  readonly workers?: number;
  /** Sync this resource alone: `type:id`. */
  readonly target?: string;
}

/** The platform's own syncer. */
export type Syncer = (request: SyncRequest) => Promise<SyncResult>;

/** Why there is no syncer here: without Go, or without a way to get the module, this test has nothing to run. */
export interface Unavailable {
  readonly reason: string;
}

/** Builds the Go program. A failed build is a failure; only what cannot be had at all is `Unavailable`. */
export async function buildSyncer(): Promise<Syncer | Unavailable> {
  try {
    await run("go", ["version"]);
  } catch (error) {
    return { reason: `no usable Go here: ${firstLine(error)}` };
  }
  try {
    await run("go", ["mod", "download"], { cwd: source });
  } catch (error) {
    if (/checksum mismatch|parsing go\.mod/.test(String(error))) throw error;
    return { reason: `the modules of test/platform cannot be downloaded: ${firstLine(error)}` };
  }
  await mkdir(cache, { recursive: true });
  const binary = join(cache, process.platform === "win32" ? "platformtest.exe" : "platformtest");
  await run("go", ["build", "-buildvcs=false", "-o", binary, "."], { cwd: source, maxBuffer: 1 << 24 });
  return (request) => sync(binary, request);
}

async function sync(binary: string, { address, target, workers = 4 }: SyncRequest): Promise<SyncResult> {
  const folder = await mkdtemp(join(tmpdir(), "platform-test-"));
  try {
    const dump = join(folder, "rows.ndjson");
    const flags = ["-address", address, "-workers", String(workers), "-dump", dump];
    if (target !== undefined) flags.push("-target", target);
    const { stdout } = await run(binary, flags, { maxBuffer: 1 << 26 });
    const counts: SyncCounts = JSON.parse(stdout);
    const lines = (await readFile(dump, "utf8")).split("\n").filter(Boolean);
    return { ...counts, rows: lines.map((line): Row => JSON.parse(line)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function firstLine(error: unknown): string {
  return String(error).split("\n").slice(0, 2).join(" ").slice(0, 300);
}
