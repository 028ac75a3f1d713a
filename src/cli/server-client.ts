import { readFileSync } from "node:fs";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { misused } from "../config/misuse.ts";
import type { OptionRow } from "../config/options.ts";
import type { Flags } from "../config/settings.ts";
import { type Address, formatAddress, isLoopbackAddress } from "../server/address.ts";
import { serverCaFileOption, serverCertFileOption, serverKeyFileOption, serverTokenFileOption } from "./options.ts";

/** A client of a running connector, and what it sends along with each call. */
export interface ServerClient {
  readonly client: Client;
  readonly metadata: Metadata;
  readonly address: Address;
}

/** Connects as the flags say: by TLS off loopback or with an authority, with a token or a certificate where given. */
export function createServerClient(address: Address, flags: Flags): ServerClient {
  const [ca, token, cert, key] = [
    serverCaFileOption,
    serverTokenFileOption,
    serverCertFileOption,
    serverKeyFileOption,
  ].map((option) => contentOf(option, flags));
  if ((cert === undefined) !== (key === undefined)) {
    throw misused([`--${serverCertFileOption.name} and --${serverKeyFileOption.name} need each other`]);
  }
  const byTls = ca !== undefined || cert !== undefined || !isLoopbackAddress(address);
  const channel = byTls ? credentials.createSsl(ca ?? null, key ?? null, cert ?? null) : credentials.createInsecure();
  const metadata = new Metadata();
  if (token) metadata.set("authorization", `Bearer ${token.toString("utf8").trim()}`);
  return { client: new Client(formatAddress(address), channel), metadata, address };
}

function contentOf({ name }: OptionRow, flags: Flags): Buffer | undefined {
  const path = flags[name];
  if (typeof path !== "string") return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw misused([`--${name}: ${path} cannot be read${code}; check the path and who may read it`]);
  }
}
