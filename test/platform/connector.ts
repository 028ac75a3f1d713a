import { createApp } from "../../src/app.ts";
import { personalAccessToken } from "../../src/azure-devops/credential.ts";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import type { SyncOptions } from "../../src/resources/options.ts";
import { Secret } from "../../src/secret.ts";
import { formatAddress } from "../../src/server/address.ts";
import { listenGrpc } from "../../src/server/grpc-listener.ts";
import type { ListingMode } from "../../src/server/services/scope.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { membershipsOnly } from "../support/sync-options.ts";

export interface ConnectorOptions {
  readonly syncTeams: boolean;
  readonly listing: ListingMode;
  /** With the smaller token Graph, projects and teams can be read, and nothing else. */
  readonly token: "full" | "sync-only";
  /** What is listed besides memberships. */
  readonly sync?: Partial<SyncOptions>;
}

/** A connector that listens, before an organization. */
export interface RunningConnector extends AsyncDisposable {
  readonly address: string;
}

export async function startConnector(
  emulator: Emulator,
  { listing, syncTeams, token, sync }: ConnectorOptions,
): Promise<RunningConnector> {
  const app = createApp({
    organizationUrl: emulator.url,
    credential: personalAccessToken(new Secret(token === "full" ? emulator.token : emulator.syncOnlyToken)),
    listing,
    syncTeams,
    syncOrganizations: true,
    ...membershipsOnly,
    ...sync,
    log: silentLog,
  });
  const listener = await listenGrpc({ host: "127.0.0.1", port: 0 }, app.pipelines, silentLog);
  return {
    address: formatAddress(listener.address),
    async [Symbol.asyncDispose]() {
      await listener.close(1_000);
      await app.close();
    },
  };
}

/** An organization for the time of a block. */
export async function startOrganization(options: EmulatorOptions): Promise<Emulator & AsyncDisposable> {
  const emulator = await startEmulator(options);
  return Object.assign(emulator, { [Symbol.asyncDispose]: () => emulator.close() });
}
