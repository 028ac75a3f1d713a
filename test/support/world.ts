import {
  create,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { type App, createApp } from "../../src/app.ts";
import { type Credential, personalAccessToken } from "../../src/azure-devops/credential.ts";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import type { CoolDownOptions } from "../../src/http/cool-down.ts";
import type { Provisioning } from "../../src/provisioning/caller-rights.ts";
import type { ChangeHistory } from "../../src/provisioning/index.ts";
import type { ChangeOptions } from "../../src/provisioning/options.ts";
import type { SyncOptions } from "../../src/resources/options.ts";
import { Secret } from "../../src/secret.ts";
import { type Listener, listenGrpc } from "../../src/server/grpc-listener.ts";
import type { ListingMode } from "../../src/server/services/scope.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { membershipsOnly } from "./sync-options.ts";

/** One connector over a real socket, as a platform meets it. */
export interface Replica {
  readonly app: App;
  readonly address: string;
  call<M extends DescMethodUnary>(
    method: M,
    request: MessageInitShape<M["input"]>,
    options?: CallOptions,
  ): Promise<MessageShape<M["output"]>>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

export interface ReplicaOptions {
  readonly token?: string;
  /** In place of a personal access token; whoever made it closes it. */
  readonly credential?: Credential;
  readonly caPem?: string;
  readonly microsoftGraphUrl?: string;
  readonly listing?: ListingMode;
  readonly syncTeams?: boolean;
  readonly syncOrganizations?: boolean;
  /** What is listed besides memberships. */
  readonly sync?: Partial<SyncOptions>;
  readonly provisioning?: Provisioning;
  readonly changes?: Partial<ChangeOptions>;
  readonly history?: ChangeHistory;
  readonly upstreamTimeoutMs?: number;
  readonly maxTries?: number;
  readonly coolDown?: CoolDownOptions;
  readonly validationPatienceMs?: number;
}

/** Quick, since an emulator needs no patience. */
const retry = { maxTries: 3, baseMs: 1, maxMs: 2 };
const coolDown = { firstMs: 1, maxMs: 2 };

export async function startReplica(emulator: Emulator, options: ReplicaOptions = {}): Promise<Replica> {
  const { token = emulator.token, listing = "type-scoped", syncTeams = true, syncOrganizations = true } = options;
  const app = createApp({
    organizationUrl: emulator.url,
    credential: options.credential ?? personalAccessToken(new Secret(token)),
    ...(options.caPem ? { caPem: options.caPem } : {}),
    ...(options.microsoftGraphUrl ? { microsoftGraphUrl: options.microsoftGraphUrl } : {}),
    listing,
    syncTeams,
    syncOrganizations,
    ...membershipsOnly,
    ...options.sync,
    ...(options.provisioning ? { provisioning: options.provisioning } : {}),
    // What an emulator does not show at once it never shows, unless a test says so.
    changes: { readBackMs: 300, ...options.changes },
    ...(options.history ? { history: options.history } : {}),
    log: silentLog,
    retry: options.maxTries ? { ...retry, maxTries: options.maxTries } : retry,
    coolDown: options.coolDown ?? coolDown,
    ...(options.validationPatienceMs ? { validationPatienceMs: options.validationPatienceMs } : {}),
    ...(options.upstreamTimeoutMs ? { upstreamTimeoutMs: options.upstreamTimeoutMs } : {}),
  });
  const listener: Listener = await listenGrpc({ host: "127.0.0.1", port: 0 }, app.pipelines, silentLog);
  const address = `127.0.0.1:${listener.address.port}`;
  const client = new Client(address, credentials.createInsecure());
  let closed = false;
  return {
    app,
    address,
    call: (method, request, callOptions) => unaryCall(client, method, request, callOptions),
    async close() {
      if (closed) return;
      closed = true;
      client.close();
      await listener.close(100);
      await app.close();
    },
  };
}

/** An organization and, made on demand, any number of connectors in front of it. */
export interface World {
  readonly emulator: Emulator;
  replica(options?: ReplicaOptions): Promise<Replica>;
  close(): Promise<void>;
}

export async function startWorld(options: EmulatorOptions = {}): Promise<World> {
  const sizes = options.preset ? {} : { users: 60, groups: 14, projects: 4, teamsPerProject: 2, nesting: 3 };
  const emulator = await startEmulator({ ...sizes, ...options });
  const replicas: Replica[] = [];
  return {
    emulator,
    async replica(replicaOptions) {
      const replica = await startReplica(emulator, replicaOptions);
      replicas.push(replica);
      return replica;
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.close()));
      await emulator.close();
    },
  };
}

function unaryCall<M extends DescMethodUnary>(
  client: Client,
  method: M,
  request: MessageInitShape<M["input"]>,
  { signal, deadlineMs }: CallOptions = {},
): Promise<MessageShape<M["output"]>> {
  const input: M["input"] = method.input;
  const output: M["output"] = method.output;
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      `/${method.parent.typeName}/${method.name}`,
      (message: MessageShape<M["input"]>) => Buffer.from(toBinary(input, message)),
      (bytes: Buffer) => fromBinary(output, bytes),
      create(input, request),
      new Metadata(),
      deadlineMs === undefined ? {} : { deadline: deadlineMs },
      (error: ServiceError | null, response?: MessageShape<M["output"]>) => {
        if (error) reject(error);
        else if (response) resolve(response);
      },
    );
    signal?.addEventListener("abort", () => call.cancel());
  });
}

/** The gRPC code with which a promise is rejected; fails when it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<number> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof Error && "code" in outcome && typeof outcome.code === "number") return outcome.code;
  throw new Error(`expected a gRPC error, got ${String(outcome)}`);
}
