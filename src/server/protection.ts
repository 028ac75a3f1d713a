import { ConnectorError } from "../errors.ts";
import { type Address, formatAddress, isLoopbackAddress } from "./address.ts";

export interface Exposure {
  readonly address: Address;
  /** The option that the address comes from. */
  readonly option: string;
  readonly encrypted: boolean;
}

/** The services tell who has access to what: nobody may read that from the wire. */
export function refuseUnprotected({ address, option, encrypted }: Exposure): void {
  if (encrypted || isLoopbackAddress(address)) return;
  throw refused(
    `refusing to listen on ${formatAddress(address)} without TLS; use a loopback address such as 127.0.0.1:50051 ` +
      `for ${option}, or give --tls-cert-file and --tls-key-file`,
  );
}

/** And nobody may ask who is not known. */
export function refuseAnonymous({ address, option }: Exposure, authenticated: boolean): void {
  if (authenticated || isLoopbackAddress(address)) return;
  throw refused(
    `refusing to listen on ${formatAddress(address)} (${option}) for everybody: say who may call, ` +
      "by client certificates with --tls-client-ca-file or by bearer tokens with --auth-tokens-file",
  );
}

function refused(message: string): ConnectorError {
  return new ConnectorError("refused", message);
}
