import { EventEmitter } from "node:events";
import { createServer as createTcpServer, type Server as TcpServer } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { bug } from "../call.ts";
import { defaultLimits, type Limits } from "../limits.ts";
import type { Log } from "../telemetry/log.ts";
import type { Address } from "./address.ts";
import { createAuthenticate } from "./authentication.ts";
import { encodedDescriptors } from "./descriptors.ts";
import { createDoor, type Door } from "./door.ts";
import { type Callers, grpcDoor } from "./grpc-door.ts";
import { mountOnGrpc } from "./grpc-mount.ts";
import { watchSessions } from "./http2-sessions.ts";
import { listen } from "./listen.ts";
import type { Pipeline } from "./pipeline.ts";
import { refuseUnprotected } from "./protection.ts";
import type { Tls } from "./tls.ts";
import { followTls, tlsServerOptions } from "./tls-server.ts";

export interface Listener {
  readonly address: Address;
  /** Takes no new connections and lets go of those without a call. */
  drain(): void;
  /** Lets what is being sent end within `graceMs`, then cuts everything off. */
  close(graceMs: number): Promise<void>;
}

export interface GrpcListenerOptions {
  readonly limits?: Limits;
  readonly tls?: Tls | undefined;
  /** Without one, everybody who can connect may call. */
  readonly door?: Door;
}

/**
 * The gRPC port: the services, standard health and reflection. The sockets are ours and handed to grpc-js, whose own
 * listener has neither a limit of connections nor a pair of certificates that can be replaced.
 */
export async function listenGrpc(
  address: Address,
  pipelines: readonly Pipeline[],
  log: Log,
  { limits = defaultLimits, tls, door = openDoor(limits, log) }: GrpcListenerOptions = {},
): Promise<Listener> {
  refuseUnprotected({ address, option: "--listen", encrypted: tls !== undefined });
  const callers: Callers = new WeakMap();
  const server = new Server({ ...grpcOptions(limits), interceptors: [grpcDoor(door, callers)] });
  mountOnGrpc(server, pipelines, { callers, log });
  const services = [...new Set(pipelines.map(({ service }) => service.typeName))];
  const health = new HealthImplementation({ "": "SERVING" });
  for (const name of services) health.setStatus(name, "SERVING");
  health.addToServer(server);
  addReflection(server);

  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sessions = watchSessions(http2ServerOf(server), { ...limits, log });
  const sockets = listenerOf((socket) => injector.injectConnection(socket), tls, log);
  const { maxConnections } = limits;
  const bound = await listen(sockets, { address, option: "--listen", maxConnections, log });
  const closed = new Promise<void>((resolve) => sockets.once("close", resolve));
  function drain(): void {
    if (!sockets.listening) return;
    for (const name of ["", ...services]) health.setStatus(name, "NOT_SERVING");
    sockets.close();
    sessions.drain();
  }
  return {
    address: bound.address,
    drain,
    async close(graceMs) {
      drain();
      // It says that it is done before the last answers have left, so the sockets' own end is waited for.
      server.tryShutdown(() => undefined);
      const timer = setTimeout(() => {
        server.forceShutdown();
        bound.cutOff();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function openDoor(limits: Limits, log: Log): Door {
  return createDoor({ authenticate: createAuthenticate({}), ...limits, log });
}

function grpcOptions(limits: Limits) {
  return {
    "grpc.max_receive_message_length": limits.maxMessageBytes,
    "grpc.max_concurrent_streams": limits.maxStreamsPerConnection,
    "grpc.keepalive_time_ms": limits.keepaliveIntervalMs,
    "grpc.keepalive_timeout_ms": limits.keepaliveTimeoutMs,
    "grpc.max_connection_idle_ms": limits.maxConnectionIdleMs,
    "grpc.max_connection_age_ms": limits.maxConnectionAgeMs,
    "grpc.max_connection_age_grace_ms": limits.maxConnectionAgeGraceMs,
  };
}

function listenerOf(take: (socket: Duplex) => void, tls: Tls | undefined, log: Log): TcpServer {
  if (!tls) return createTcpServer({ noDelay: true }, take);
  const server = createTlsServer({ ...tlsServerOptions(tls), ALPNProtocols: ["h2"], noDelay: true });
  server.on("secureConnection", (socket) => {
    // What goes wrong on it afterwards ends its calls, and is nobody else's error.
    socket.on("error", () => undefined);
    take(socket);
  });
  followTls(server, tls, log);
  return server;
}

/** grpc-js shows its HTTP/2 sessions to nobody: they are reached by its own list of servers, or it does not start. */
function http2ServerOf(server: Server): EventEmitter {
  const servers: unknown = Reflect.get(server, "http2Servers");
  const [first]: unknown[] = servers instanceof Map ? [...servers.keys()] : [];
  if (first instanceof EventEmitter) return first;
  throw bug("this version of @grpc/grpc-js keeps its HTTP/2 servers elsewhere: use the one in package-lock.json");
}

/** Both versions of the protocol. */
function addReflection(server: Server): void {
  const format = "Protocol Buffer 3 DescriptorProto";
  const definition = { format, type: {}, fileDescriptorProtos: encodedDescriptors() };
  new ReflectionService({ all: definition as PackageEntry }).addToServer(server);
}

/** What reflection reads of a package entry is `fileDescriptorProtos` alone, whichever kind of entry it is. */
type PackageEntry = ConstructorParameters<typeof ReflectionService>[0][string];
