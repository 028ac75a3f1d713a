import { type Emulator, type RequestHook, startEmulator } from "../../src/emulator/index.ts";
import type { LogLevel } from "../../src/telemetry/log.ts";
import { createFolder, type Folder } from "../server/harness.ts";
import { startTunnelProxy } from "../support/proxy.ts";
import { randomText } from "./canaries.ts";
import { runOnce } from "./run.ts";
import { createSearch, type Search } from "./search.ts";
import { createWays, type Purpose, type Way } from "./ways.ts";

/** What all runs have in common: the ways with their canaries, and the search for them. */
export interface World extends AsyncDisposable {
  readonly folder: Folder;
  readonly search: Search;
  readonly ways: readonly Way[];
  /** A caller's token that nobody knows. */
  readonly unknownToken: string;
  /** One way of each purpose, others for each number: after some runs every way was used. */
  waysFor(index: number): readonly Way[];
  /** Runs a connector against an organization with the next ways, and gives the codes of its calls. */
  run(name: string, level: LogLevel, organizationUrl: string): Promise<readonly number[]>;
  /** Runs of connectors and of commands. */
  runs: number;
  /** An organization that takes every credential for its own. */
  organization(hook?: RequestHook): Promise<Emulator>;
}

export async function startWorld(): Promise<World> {
  const folder = createFolder();
  const proxy = await startTunnelProxy();
  const ways = await createWays(folder, proxy.port);
  const search = createSearch();
  for (const { canary } of ways) search.learn(canary);
  const unknownToken = randomText(43);
  search.learn({ name: "a caller's unknown token", text: unknownToken });
  const tokens = ways.flatMap(({ purpose, secret }) =>
    purpose === "credential" ? [{ token: secret, scopes: ["*"] }] : [],
  );
  const emulators: Emulator[] = [];
  const purposes: readonly Purpose[] = ["credential", "callers", "key", "proxy"];
  const world: World = {
    runs: 0,
    run(name, level, organizationUrl) {
      world.runs += 1;
      return runOnce({ name, level, organizationUrl, ways: world.waysFor(world.runs) }, folder, search);
    },
    folder,
    search,
    unknownToken,
    ways,
    waysFor: (index) =>
      purposes.flatMap((wanted) => {
        const fitting = ways.filter(({ purpose }) => purpose === wanted);
        return fitting[index % fitting.length] ?? [];
      }),
    async organization(hook) {
      const sizes = { users: 10, groups: 2, projects: 1, teamsPerProject: 1, nesting: 1 };
      const emulator = await startEmulator({ ...sizes, tokens, ...(hook ? { onRequest: hook } : {}) });
      emulators.push(emulator);
      return emulator;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(emulators.map((emulator) => emulator.close()));
      await proxy[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
  return world;
}

/** Works off a list with some workers at once: runs wait more than they compute. */
export async function eachAtOnce<T, W>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<void>,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    workers.map(async (worker) => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item, worker);
    }),
  );
}
