import { create, type DescMethod, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { SyncService } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { GrantsService } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourcesService } from "../../gen/c1/connector/v2/resource_pb.js";
import { createApp } from "../../src/app.ts";
import { createCredential } from "../../src/azure-devops/auth/index.ts";
import { loadConnectorConfig } from "../../src/config/load.ts";
import { loadServerConfig } from "../../src/config/server.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { type Address, formatAddress } from "../../src/server/address.ts";
import type { Pipeline } from "../../src/server/pipeline.ts";
import { startServer } from "../../src/server/start.ts";
import { logLevels } from "../../src/telemetry/log.ts";
import type { Folder } from "../server/harness.ts";
import { membershipsOnly } from "../support/sync-options.ts";
import { captureLog, type Search } from "./search.ts";
import { configurationOf, type Way } from "./ways.ts";

export interface Run {
  readonly name: string;
  /** A credential, the callers' tokens, a key and a proxy. */
  readonly ways: readonly Way[];
  readonly organizationUrl: string;
}

const retry = { maxTries: 2, baseMs: 1, maxMs: 2 };
const coolDown = { firstMs: 1, maxMs: 2 };
const anyPort: Address = { host: "127.0.0.1", port: 0 };

/**
 * A connector configured by options, asked for everything through its ports as a platform would, with all that it wrote
 * and answered searched: log, messages, errors and their causes, headers and trailers, metrics. Gives the codes.
 */
export async function runOnce(run: Run, folder: Folder, search: Search): Promise<readonly number[]> {
  const { name, ways, organizationUrl } = run;
  const more = { "organization-url": organizationUrl, "proxy-bypass": "none.example" };
  const { flags, env } = configurationOf(ways, folder, more);
  const settings = loadSettings(flags, env);
  const { credential, ...config } = loadConnectorConfig(settings);
  const serverConfig = loadServerConfig(settings);
  const { log, written } = captureLog();
  const own = createCredential(credential, { ...config, log, retry, coolDown, timeoutMs: 2_000 });
  const app = createApp({
    ...config,
    syncTeams: true,
    syncOrganizations: true,
    ...membershipsOnly,
    credential: own,
    log,
    retry,
    coolDown,
    upstreamTimeoutMs: 80,
    validationPatienceMs: 1,
  });
  const server = await startServer({
    ...serverConfig,
    pipelines: app.pipelines.map((pipeline) => watched(pipeline, (error) => search.error(`${name}: error`, error))),
    metrics: app.metrics,
    log,
    listen: anyPort,
    operationsListen: anyPort,
    connectListen: undefined,
  });
  search.error(`${name}: configuration`, { settings, config, serverConfig, credential });
  const platform = openPlatform(server.grpc, ways, (where, written) => search.bytes(`${name}: ${where}`, written));
  try {
    const codes = await platform.callAll();
    await askOperations(server.operations, ways, (where, written) => search.text(`${name}: ${where}`, written));
    return codes;
  } finally {
    platform.close();
    await server.close(1_000);
    await app.close();
    await own.close();
    for (const level of logLevels) search.text(`${name}: log at ${level}`, written(level));
  }
}

/** The same method; what it fails with is shown before it is told. */
function watched(pipeline: Pipeline, onError: (error: unknown) => void): Pipeline {
  return {
    ...pipeline,
    async unary(decode, context) {
      try {
        return await pipeline.unary(decode, context);
      } catch (error) {
        onError(error);
        throw error;
      }
    },
    async *stream(decode, context) {
      try {
        yield* pipeline.stream(decode, context);
      } catch (error) {
        onError(error);
        throw error;
      }
    },
  };
}

const secretOf = (ways: readonly Way[], wanted: Way["purpose"]) =>
  ways.find(({ purpose }) => purpose === wanted)?.secret ?? "";

/** Everything that a platform asks for, as it comes over the wire. */
function openPlatform(address: Address, ways: readonly Way[], onBytes: (where: string, written: Uint8Array) => void) {
  const certificate = ways.find((way) => way.certificate !== undefined)?.certificate ?? "";
  const client = new Client(formatAddress(address), credentials.createSsl(Buffer.from(certificate)), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${secretOf(ways, "callers")}`);

  function ask<M extends DescMethod>(method: M, init: MessageInitShape<M["input"]>): Promise<number> {
    const input: M["input"] = method.input;
    const where = method.name;
    return new Promise((resolve) => {
      const stream = client.makeServerStreamRequest(
        `/${method.parent.typeName}/${method.name}`,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        toBinary(input, create(input, init)),
        metadata,
      );
      const fields = (what: string) => (told: Metadata) =>
        onBytes(
          `${where}, ${what}`,
          Buffer.concat(Object.keys(told.getMap()).flatMap((key) => told.get(key).map(Buffer.from))),
        );
      stream.on("metadata", fields("headers"));
      stream.on("data", (bytes: Buffer) => onBytes(`${where}, message`, bytes));
      stream.on("error", (error: ServiceError) =>
        onBytes(`${where}, error`, Buffer.from(`${error.stack} ${error.details}`)),
      );
      stream.on("status", (status) => {
        fields("trailers")(status.metadata);
        onBytes(`${where}, status`, Buffer.from(status.details));
        resolve(status.code);
      });
    });
  }

  return {
    async callAll(): Promise<number[]> {
      const group = { resource: { id: { resourceType: "group", resource: "group" } } };
      // Of one sync, so that what was read is read once.
      const activeSyncId = "canaries";
      return [
        await ask(SyncService.method.streamSync, { activeSyncId }),
        await ask(ConnectorService.method.validate, {}),
        await ask(ConnectorService.method.getMetadata, {}),
        await ask(ResourcesService.method.listResources, { resourceTypeId: "user", pageSize: 50, activeSyncId }),
        await ask(GrantsService.method.listGrants, { ...group, pageSize: 50, activeSyncId }),
      ];
    },
    close: () => client.close(),
  };
}

async function askOperations(
  address: Address,
  ways: readonly Way[],
  onText: (where: string, written: string) => void,
): Promise<void> {
  const base = `http://${formatAddress(address)}`;
  const headers = {
    authorization: `Bearer ${secretOf(ways, "callers")}`,
    "content-type": "application/json",
    connection: "close",
  };
  const service = "c1.connector.v2";
  const posts = [`${service}.ConnectorService/Validate`, `${service}.ResourceTypesService/ListResourceTypes`];
  for (const path of ["metrics", "healthz", "readyz", ...posts]) {
    const init = posts.includes(path) ? { method: "POST", body: "{}", headers } : { headers };
    const answer = await fetch(`${base}/${path}`, init);
    onText(`/${path}`, `${JSON.stringify([...answer.headers])}\n${await answer.text()}`);
  }
}
