import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { type Door, metadataSize } from "./door.ts";
import { failureOf } from "./error-codes.ts";
import { statusOf } from "./grpc-status.ts";

/** Who was let in, by the metadata of the call, which is all that an interceptor and a handler share. */
export type Callers = WeakMap<Metadata, string>;

/** Standard health is open to all who can connect: probes have no token, and it tells nothing but "serving". */
const openService = "/grpc.health.v1.Health/";

/** Puts the door before every method of a grpc-js server, reflection included. */
export function grpcDoor(door: Door, callers: Callers): ServerInterceptor {
  return ({ path }, call) => {
    if (path.startsWith(openService)) return new ServerInterceptingCall(call);
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata(metadata, letIn) {
            try {
              callers.set(metadata, door(visitorOf(path, metadata, call)));
            } catch (error) {
              // It fails with errors of its own, which need no request id.
              return call.sendStatus(statusOf(failureOf(error, "")));
            }
            letIn(metadata);
          },
        }),
    });
  };
}

function visitorOf(path: string, metadata: Metadata, call: ServerInterceptingCallInterface) {
  const authorization = metadata.get("authorization")[0];
  const fields = Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value) => [name, value] as const),
  );
  return {
    authorization: typeof authorization === "string" ? authorization : undefined,
    certificate: call.getAuthContext().sslPeerCertificate,
    peer: call.getPeer(),
    method: path.slice(1),
    metadataBytes: metadataSize(fields),
  };
}
