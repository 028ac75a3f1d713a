import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { StreamSyncResponseSchema, SyncService } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { ConnectorService, ConnectorServiceValidateResponseSchema } from "../../gen/c1/connector/v2/connector_pb.js";
import {
  ResourceTypesService,
  ResourceTypesServiceListResourceTypesResponseSchema,
} from "../../gen/c1/connector/v2/resource_pb.js";
import { withinCall } from "../../src/call.ts";
import { defaultLimits, type Limits } from "../../src/limits.ts";
import type { Address } from "../../src/server/address.ts";
import { createPipelines } from "../../src/server/pipeline.ts";
import { createRequestValidator } from "../../src/server/request-validation.ts";
import { mount } from "../../src/server/service.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/start.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { type Authority, createAuthority } from "../support/certificates.ts";

const loopback: Address = { host: "127.0.0.1", port: 0 };

/** A server with services that tests can hold: validate and the stream wait until they are released. */
export interface TestServer extends AsyncDisposable {
  readonly running: RunningServer;
  /** Calls that wait now. */
  readonly waiting: number;
  release(): void;
  /** Everything that was logged so far. */
  log(): string;
}

export type TestServerOptions = Omit<Partial<ServerOptions>, "limits"> & { readonly limits?: Partial<Limits> };

export async function startTestServer({ limits, ...options }: TestServerOptions = {}): Promise<TestServer> {
  let written = "";
  const log = createLog("trace", {
    write(line) {
      written += line;
    },
  });
  const gates = new Set<() => void>();
  const wait = async (call: { readonly signal: AbortSignal }) => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    gates.add(open);
    await withinCall(opened, call).finally(() => gates.delete(open));
  };
  const services = [
    mount(ResourceTypesService, {
      // The caller's name comes back as a type, for tests to see.
      listResourceTypes: async (_request, { caller }) =>
        create(ResourceTypesServiceListResourceTypesResponseSchema, { list: [{ id: caller }] }),
    }),
    mount(ConnectorService, {
      async validate(_request, { call }) {
        await wait(call);
        return create(ConnectorServiceValidateResponseSchema, { sdkVersion: "released" });
      },
    }),
    mount(SyncService, {
      async *streamSync(_request, { call }) {
        yield create(StreamSyncResponseSchema, { resumeToken: "first" });
        await wait(call);
        yield create(StreamSyncResponseSchema, { complete: true });
      },
    }),
  ];
  const running = await startServer({
    pipelines: createPipelines(services, { log, validator: createRequestValidator() }),
    metrics: createMetrics({ upstreamRequests: () => new Map(), sessions: () => 0 }),
    log,
    listen: loopback,
    operationsListen: loopback,
    connectListen: loopback,
    reloadIntervalMs: 20,
    ...options,
    limits: { ...defaultLimits, ...limits },
  });
  return {
    running,
    get waiting() {
      return gates.size;
    },
    release: () => gates.forEach((open) => void open()),
    log: () => written,
    [Symbol.asyncDispose]: () => running.close(0),
  };
}

/** A folder for a test's files. */
export interface Folder extends Disposable {
  readonly path: string;
  write(name: string, text: string): string;
}

export function createFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "connector-server-"));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

/** A certificate of an authority of its own for the server, in files as `startTestServer` takes them. */
export interface LocalTls extends Disposable {
  readonly folder: Folder;
  readonly authority: Authority;
  readonly tls: NonNullable<ServerOptions["tls"]>;
}

export async function createLocalTls(): Promise<LocalTls> {
  const folder = createFolder();
  const authority = await createAuthority();
  const { cert, key } = await authority.issue({ dns: ["localhost"], ip: ["127.0.0.1"] });
  const certFile = folder.write("tls.crt", cert);
  const tls = { certFile, keyFile: folder.write("tls.key", key), clientCaFile: undefined, clientNames: [] };
  return { folder, authority, tls, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** Waits for something to become so; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
