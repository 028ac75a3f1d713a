import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { HealthImplementation } from "grpc-health-check";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Address, formatAddress, isLoopbackAddress } from "./address.ts";
import { encodedDescriptors } from "./descriptors.ts";
import { mountOnGrpc } from "./grpc-mount.ts";
import type { Pipeline } from "./pipeline.ts";

export interface Listener {
  readonly address: Address;
  /** Takes no new calls, lets running ones end within `graceMs`, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** The gRPC port: the services, standard health and reflection. */
export async function listenGrpc(address: Address, pipelines: readonly Pipeline[], log: Log): Promise<Listener> {
  if (!isLoopbackAddress(address)) throw plaintextRefused(address);
  const server = new Server({ "grpc.max_concurrent_streams": 1000 });
  mountOnGrpc(server, pipelines, log);
  const services = [...new Set(pipelines.map(({ service }) => service.typeName))];
  const health = new HealthImplementation({ "": "SERVING" });
  for (const name of services) health.setStatus(name, "SERVING");
  health.addToServer(server);
  addReflection(server);
  const port = await bind(server, address);
  return {
    address: { ...address, port },
    async close(graceMs) {
      for (const name of ["", ...services]) health.setStatus(name, "NOT_SERVING");
      await shutDown(server, graceMs);
    },
  };
}

/** Both versions of the protocol. */
function addReflection(server: Server): void {
  const format = "Protocol Buffer 3 DescriptorProto";
  const definition = { format, type: {}, fileDescriptorProtos: encodedDescriptors() };
  new ReflectionService({ all: definition as PackageEntry }).addToServer(server);
}

/** What reflection reads of a package entry is `fileDescriptorProtos` alone, whichever kind of entry it is. */
type PackageEntry = ConstructorParameters<typeof ReflectionService>[0][string];

function bind(server: Server, address: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(formatAddress(address), ServerCredentials.createInsecure(), (error, port) => {
      if (!error) return resolve(port);
      const remedy = "choose another port with --listen, or stop what uses this one";
      reject(
        new ConnectorError("refused", `cannot listen on ${formatAddress(address)}: ${error.message}; ${remedy}`, {
          cause: error,
        }),
      );
    });
  });
}

function shutDown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The services tell who has access to what: nobody may read that from the wire. */
function plaintextRefused(address: Address): ConnectorError {
  return new ConnectorError(
    "refused",
    `refusing to listen on ${formatAddress(address)} without TLS; use a loopback address such as 127.0.0.1:50051`,
  );
}
