import { readFile } from "node:fs/promises";
import type { TokenCredential } from "@azure/identity";
import { ConnectorError } from "../../errors.ts";
import { isKnownAuthority } from "./authority.ts";
import { createLoginSource } from "./login-source.ts";
import type { EntraApplication, EntraOptions } from "./options.ts";
import { createRefreshTokenSource } from "./refresh-token-source.ts";
import { currentSecret, readSecretFile } from "./secret-file.ts";
import type { KeepSecret, TokenSource } from "./token-source.ts";
import type { TokenTransport } from "./token-transport.ts";

type Options<K extends EntraOptions["kind"]> = Extract<EntraOptions, { readonly kind: K }>;

/** Where the tokens of each kind come from. Each attempt makes its credential anew, so that none answers from memory. */
export function createTokenSource(options: EntraOptions, keep: KeepSecret): TokenSource {
  switch (options.kind) {
    case "client-secret":
      return fromIdentity((transport) => clientSecret(options, keep, transport));
    case "certificate":
      return fromIdentity((transport) => certificate(options, keep, transport));
    case "workload-identity":
      return fromIdentity((transport) => workloadIdentity(options, keep, transport));
    case "managed-identity":
      return fromIdentity((transport) => managedIdentity(options, transport));
    case "refresh-token":
      return createRefreshTokenSource(options, keep);
    case "login":
      return createLoginSource(options.store, keep);
  }
}

function fromIdentity(create: (transport: TokenTransport) => Promise<TokenCredential>): TokenSource {
  return async (scope, transport) => {
    const credential = await create(transport);
    const token = await credential.getToken(scope);
    if (!token) throw new ConnectorError("unauthenticated", "the answer holds no access token");
    return { value: token.token, expiresAtMs: token.expiresOnTimestamp };
  };
}

const pipelineOptions = ({ authorityHost }: EntraApplication, transport: TokenTransport) => ({
  authorityHost,
  httpClient: transport.pipeline,
  disableInstanceDiscovery: !isKnownAuthority(authorityHost),
  // The transport tries again by the connector's own rules.
  retryOptions: { maxRetries: 0 },
});

/** The library takes a while to load, and a personal access token does not need it. */
const identity = () => import("@azure/identity");

async function clientSecret(options: Options<"client-secret">, keep: KeepSecret, transport: TokenTransport) {
  const secret = await currentSecret(options.clientSecret);
  keep("client_secret", secret);
  const { ClientSecretCredential } = await identity();
  const { tenantId, clientId } = options;
  return new ClientSecretCredential(tenantId, clientId, secret, pipelineOptions(options, transport));
}

async function certificate(options: Options<"certificate">, keep: KeepSecret, transport: TokenTransport) {
  const { tenantId, clientId, file, password } = options;
  const pem = await readPem(file);
  const certificatePassword = password && (await currentSecret(password));
  if (certificatePassword !== undefined) keep("certificate_password", certificatePassword);
  const { ClientCertificateCredential } = await identity();
  const given = { certificate: pem, ...(certificatePassword === undefined ? {} : { certificatePassword }) };
  return new ClientCertificateCredential(tenantId, clientId, given, {
    ...pipelineOptions(options, transport),
    // Tenants that trust an issuer and a subject name in place of one certificate need the chain.
    sendCertificateChain: true,
  });
}

async function readPem(file: string): Promise<string> {
  await readSecretFile(file);
  const pem = await readFile(file, "utf8");
  for (const part of ["CERTIFICATE", "PRIVATE KEY"]) {
    if (new RegExp(`-----BEGIN [A-Z ]*${part}-----`).test(pem)) continue;
    const told = `${file} holds no ${part.toLowerCase()} in PEM form; give a file with the certificate and its key`;
    throw new ConnectorError("unauthenticated", told);
  }
  return pem;
}

async function workloadIdentity(options: Options<"workload-identity">, keep: KeepSecret, transport: TokenTransport) {
  const { tenantId, clientId, tokenFile } = options;
  const { ClientAssertionCredential } = await identity();
  const assertion = await readSecretFile(tokenFile);
  keep("assertion", assertion);
  return new ClientAssertionCredential(tenantId, clientId, async () => assertion, pipelineOptions(options, transport));
}

async function managedIdentity({ clientId }: Options<"managed-identity">, transport: TokenTransport) {
  const { ManagedIdentityCredential } = await identity();
  return new ManagedIdentityCredential({
    ...(clientId === undefined ? {} : { clientId }),
    httpClient: transport.pipeline,
    // A machine that has just started answers 404 and 410 for a while.
    retryOptions: { maxRetries: 2 },
  });
}
