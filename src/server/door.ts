import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Authenticate, Evidence } from "./authentication.ts";

/** A call of which no more than its headers has been read. */
export interface Visitor extends Evidence {
  readonly peer: string;
  readonly method: string;
  readonly metadataBytes: number;
}

/** Says who calls, or fails: before a message is read, so that a stranger's costs nothing. */
export type Door = (visitor: Visitor) => string;

export interface DoorOptions {
  readonly authenticate: Authenticate;
  readonly maxMetadataBytes: number;
  readonly log: Log;
}

/** What stands before both mounts; a refusal is logged with its reason, which the caller is not told. */
export function createDoor({ authenticate, maxMetadataBytes, log }: DoorOptions): Door {
  return ({ peer, method, metadataBytes, ...evidence }) => {
    try {
      if (metadataBytes > maxMetadataBytes) throw tooMuchMetadata(metadataBytes, maxMetadataBytes);
      return authenticate(evidence);
    } catch (error) {
      const { message = String(error), cause = undefined } = error instanceof Error ? error : {};
      log.warn({ peer, method, reason: cause instanceof Error ? cause.message : message }, "call refused");
      throw error;
    }
  };
}

/** What headers take, counted as HTTP/2 counts them (RFC 9113, section 6.5.2). */
export function metadataSize(headers: Iterable<readonly [string, string | Buffer]>): number {
  let bytes = 0;
  for (const [name, value] of headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(value) + 32;
  return bytes;
}

function tooMuchMetadata(bytes: number, limit: number): ConnectorError {
  return new ConnectorError(
    "too-large",
    `the call has ${bytes} bytes of metadata and may have ${limit}: send less, or raise --max-metadata-bytes`,
  );
}
