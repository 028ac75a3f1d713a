import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entra } from "../emulator/index.ts";

/** What a client of the emulated Entra needs as files, and how to tell it to whoever wants to connect. */
export interface EntraFiles {
  /** Lines that name the addresses, the files and the application. */
  readonly told: string;
  remove(): Promise<void>;
}

/** Writes the certificate to trust and the token of a service account, for the user alone. */
export async function writeEntraFiles(entra: Entra): Promise<EntraFiles> {
  const folder = await mkdtemp(join(tmpdir(), "emulated-entra-"));
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const caFile = await write("ca.pem", entra.caPem);
  const certificateFile = await write("client.pem", await entra.createClientCertificate());
  const tokenFile = await write("service-account-token", await entra.projectToken());
  const { applications, authorityHost, managedIdentity, tenantId } = entra;
  const rows = [
    ["authority", authorityHost],
    ["tenant", tenantId],
    ["trust", `NODE_EXTRA_CA_CERTS=${caFile}`],
    ["client id", applications.connector.clientId],
    ["client secret", applications.connector.secret],
    ["certificate", certificateFile],
    ["federated token", tokenFile],
    ["public client id", applications.publicClient.clientId],
    ["managed identity", `AZURE_POD_IDENTITY_AUTHORITY_HOST=${managedIdentity.podIdentityAuthorityHost}`],
  ];
  return {
    told: rows.map(([name = "", value]) => `${name.padEnd(18)} ${value}\n`).join(""),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
