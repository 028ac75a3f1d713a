import { type Emulator, type RequestHook, startEmulator } from "../../src/emulator/index.ts";
import { createFolder, type Folder } from "../server/harness.ts";
import { startTunnelProxy } from "../support/proxy.ts";
import { clientId, startTokenEndpoint, tenantId, tokenReply } from "../support/token-endpoint.ts";
import { randomText, randomWebToken } from "./canaries.ts";
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
  /** Runs a connector with the next ways, its log at every level at once, and gives the codes of its calls. */
  run(name: string, organizationUrl: string, proxyPort?: number): Promise<readonly number[]>;
  /** Runs of connectors and of commands. */
  runs: number;
  /** An organization that takes every credential for its own. */
  organization(hook?: RequestHook): Promise<Emulator>;
}

export async function startWorld(): Promise<World> {
  const folder = createFolder();
  const proxy = await startTunnelProxy();
  const search = createSearch();
  const issued = randomWebToken();
  search.learn({ name: "an access token", text: issued.signature });
  // The newer refresh token of each answer is a secret as well.
  const rotated = randomText(60);
  search.learn({ name: "a newer refresh token", text: rotated });
  const entra = await startTokenEndpoint(() => tokenReply({ access_token: issued.token, refresh_token: rotated }));
  const application = { "azure-tenant-id": tenantId, "azure-client-id": clientId };
  const trust = { "authority-host": entra.authorityHost, "ca-file": folder.write("entra.pem", entra.caPem) };
  const ways = await createWays(folder, proxy.port, { flags: { ...application, ...trust } });
  for (const { canary } of ways) search.learn(canary);
  const unknownToken = randomText(43);
  search.learn({ name: "a caller's unknown token", text: unknownToken });
  const tokens = [
    { token: issued.token, scopes: ["*"] },
    ...ways.flatMap(({ purpose, secret }) => (purpose === "credential" ? [{ token: secret, scopes: ["*"] }] : [])),
  ];
  const emulators: Emulator[] = [];
  const purposes: readonly Purpose[] = ["credential", "callers", "key", "proxy"];
  const world: World = {
    runs: 0,
    run(name, organizationUrl, proxyPort = proxy.port) {
      world.runs += 1;
      const chosen = world.waysFor(world.runs).map((way) => throughPort(way, proxy.port, proxyPort));
      return runOnce({ name, organizationUrl, ways: chosen }, folder, search);
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
      await entra[Symbol.asyncDispose]();
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

/** The same way, with the proxy at another port. */
function throughPort(way: Way, from: number, to: number): Way {
  if (way.purpose !== "proxy") return way;
  const moved = (text: string) => text.replaceAll(`@127.0.0.1:${from}`, `@127.0.0.1:${to}`);
  const all = <T>(texts: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, moved(String(text))]));
  return { ...way, flags: all(way.flags), env: all(way.env), yaml: way.yaml.map(moved) };
}
