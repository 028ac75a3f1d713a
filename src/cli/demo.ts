import { createApp } from "../app.ts";
import { personalAccessToken } from "../azure-devops/credential.ts";
import { listenOption, operationsListenOption } from "../config/options.ts";
import { loadServerConfig } from "../config/server.ts";
import { loadSettings } from "../config/settings.ts";
import { bundlesWith } from "../permissions/fold.ts";
import { optionalTypes } from "../resources/options.ts";
import { Secret } from "../secret.ts";
import { formatAddress, parseAddress } from "../server/address.ts";
import { type RunningServer, startServer } from "../server/start.ts";
import { createLog } from "../telemetry/log.ts";
import { describe, startOrganization } from "./emulate.ts";
import { forcePush, tellForcePushers } from "./force-push.ts";
import type { Invocation } from "./program.ts";
import { createProgress } from "./progress.ts";
import { createReachCounter, type Reach } from "./reach.ts";
import { createServerClient } from "./server-client.ts";
import { stopSignal } from "./signals.ts";
import { syncThroughServer } from "./sync-source.ts";
import { createTally, tallyTable } from "./tally.ts";
import { createToldHolders } from "./told-holders.ts";

/** An emulated organization and the connector, synced once through the gRPC port; `--stay` keeps both up. */
export async function run({ flags }: Invocation): Promise<number> {
  const stay = flags.stay === true;
  const emulator = await startOrganization(flags, "127.0.0.1:0");
  const log = createLog("warn");
  const app = createApp({
    organizationUrl: emulator.url,
    credential: personalAccessToken(new Secret(emulator.token)),
    syncTeams: true,
    syncOrganizations: true,
    permissionDetail: "standard",
    skipUnusedRoles: false,
    inheritedRows: false,
    effective: false,
    optionalTypes,
    personalAccessTokens: "off",
    listing: "type-scoped",
    log,
  });
  const anyPort = { host: "127.0.0.1", port: 0 };
  const server = await startServer({
    ...app,
    ...loadServerConfig(loadSettings({}, {})),
    log,
    listen: stay ? parseAddress(listenOption.default ?? "") : anyPort,
    operationsListen: stay ? parseAddress(operationsListenOption.default ?? "") : anyPort,
    connectListen: undefined,
  });
  try {
    print(`An organization in memory:\n${indent(describe(emulator))}\n`);
    const told = await syncAndTell(server);
    print(`Who can force-push to ${indent(await tellForcePushers(app, told, log)).trimStart()}\n`);
    print(linesToTry(server, stay));
    if (stay) await stopSignal();
    return 0;
  } finally {
    await server.close(1_000);
    await app.close();
    await emulator.close();
  }
}

async function syncAndTell(server: RunningServer): Promise<ReturnType<typeof createToldHolders>> {
  const startedAt = performance.now();
  const tally = createTally();
  const reach = createReachCounter();
  const told = createToldHolders(forcePush, bundlesWith(forcePush), reach);
  const names = new Map<string, string>();
  const progress = createProgress();
  for await (const batch of syncThroughServer(createServerClient(server.grpc, {}), new AbortController().signal)) {
    progress.update(batch);
    tally.add(batch);
    told.add(batch);
    for (const { id, displayName, profile } of batch.resources) {
      // The principal name tells one project's "Contributors" from another's.
      names.set(`${id?.resourceType}:${id?.resource}`, String(profile?.principal_name ?? displayName));
    }
    for (const grant of batch.grants) reach.add(grant);
  }
  progress.done();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  const peakMib = Math.round(process.resourceUsage().maxRSS / 1024);
  print(`Synced through ${formatAddress(server.grpc)}:\n${indent(tallyTable(tally))}\n`);
  print(`The groups that reach most people, nesting included:\n${indent(reachTable(reach.largest(10), names))}\n`);
  print(
    `${tally.upstreamRequests} upstream requests, ${seconds} s, ${peakMib} MiB at the most (organization included)\n`,
  );
  return told;
}

function reachTable(reaches: readonly Reach[], names: ReadonlyMap<string, string>): string {
  return reaches.map(({ id, people }) => `${String(people).padStart(7)}  ${names.get(id) ?? id}`).join("\n");
}

function linesToTry({ grpc, operations }: RunningServer, stay: boolean): string {
  const port = formatAddress(stay ? grpc : parseAddress(listenOption.default ?? ""));
  const http = formatAddress(stay ? operations : parseAddress(operationsListenOption.default ?? ""));
  const service = "c1.connector.v2";
  return [
    stay ? "Up until Ctrl-C. To try next:" : "To try next, with `npm start`, which stays up:",
    `  grpcurl -plaintext ${port} list`,
    `  grpcurl -plaintext ${port} describe ${service}.GrantsService`,
    `  grpcurl -plaintext -d '{"resource_type_id":"user","page_size":5}' ${port} ${service}.ResourcesService/ListResources`,
    `  grpcurl -plaintext -d '{"resource":{"id":{"resource_type":"group","resource":"group"}},"page_size":5}' ${port} ${service}.GrantsService/ListGrants`,
    `  curl -H 'content-type: application/json' -d '{}' http://${http}/${service}.ResourceTypesService/ListResourceTypes`,
    `  npx azure-devops-connector sync --server ${port} --format ndjson --out organization.ndjson`,
    "",
  ].join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
