/**
 * One half of the bench in a process of its own, so that neither counts for the other's memory: `organization PRESET`
 * or `connector URL TOKEN DETAIL`. Says where it listens, and answers the message `finish` with what it used.
 */
import { createApp } from "../../src/app.ts";
import { personalAccessToken } from "../../src/azure-devops/credential.ts";
import { type Preset, startEmulator } from "../../src/emulator/index.ts";
import type { Detail } from "../../src/permissions/fold.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { Secret } from "../../src/secret.ts";
import { listenGrpc } from "../../src/server/grpc-listener.ts";
import { silentLog } from "../../src/telemetry/log.ts";

const presets: readonly Preset[] = ["small", "medium", "large"];
const details: readonly Detail[] = ["roles", "standard", "all"];

/** What a process tells once it listens. */
export type Started =
  | { readonly url: string; readonly token: string; readonly totals: Readonly<Record<string, number>> }
  | { readonly address: string };

/** What a connector used up to its end. */
export interface Used {
  readonly peakMiB: number;
  readonly cpuSeconds: number;
  readonly requests: Readonly<Record<string, number>>;
}

function tell(message: Started | Used): void {
  process.send?.(message);
}

async function organization(name: string | undefined): Promise<void> {
  const preset = presets.find((each) => each === name) ?? "medium";
  const { state, token, totals, url } = await startEmulator({ preset });
  const entries = [...state.accessLists.values()].flatMap((lists) => [...lists.values()].map((list) => list.entries));
  tell({
    url,
    token,
    totals: {
      people: totals.people,
      groups: totals.groups,
      projects: state.projects.length,
      repositories: state.repositories.length,
      namespaces: state.namespaces.length,
      lists: entries.length,
      entries: entries.reduce((sum, list) => sum + list.length, 0),
    },
  });
  process.once("message", () => process.exit());
}

async function connector([organizationUrl = "", token = "", name]: readonly string[]): Promise<void> {
  const app = createApp({
    organizationUrl,
    credential: personalAccessToken(new Secret(token)),
    listing: "type-scoped",
    syncTeams: true,
    syncOrganizations: true,
    permissionDetail: details.find((each) => each === name) ?? "standard",
    skipUnusedRoles: false,
    inheritedRows: false,
    effective: false,
    optionalTypes,
    personalAccessTokens: "off",
    log: silentLog,
  });
  const { address } = await listenGrpc({ host: "127.0.0.1", port: 0 }, app.pipelines, silentLog);
  tell({ address: `127.0.0.1:${address.port}` });
  process.once("message", () => {
    const { maxRSS, systemCPUTime, userCPUTime } = process.resourceUsage();
    tell({
      peakMiB: Math.round(maxRSS / 1024),
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      requests: Object.fromEntries(app.client.connection.requests),
    });
    process.disconnect();
    // A profile is written at an orderly end only.
    process.exitCode = 0;
    setImmediate(() => process.exit());
  });
}

const [kind, ...words] = process.argv.slice(2);
if (kind === "organization") await organization(words[0]);
else await connector(words);
