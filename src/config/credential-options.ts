import { type OptionRow, row, type Value } from "./row.ts";

/** The part of the table of options that says what proves to Azure DevOps who is calling. */

export const authMethods = [
  "pat",
  "bearer",
  "client-secret",
  "certificate",
  "workload-identity",
  "managed-identity",
  "refresh-token",
  "login",
] as const;

export type AuthMethod = (typeof authMethods)[number];

export const authOption = row("auth", {
  kind: "choice",
  choices: authMethods,
  help: "which credential is used; without it the one that is configured, which must then be only one",
});

export const patFileOption = row("pat-file", {
  kind: "file",
  help: "a file that holds the personal access token; AZURE_DEVOPS_EXT_PAT holds the token itself",
});

export const patOption = row("pat", {
  kind: "text",
  secret: true,
  noFlag: true,
  alsoEnv: ["AZURE_DEVOPS_EXT_PAT", "BATON_PAT", "BATON_PERSONAL_ACCESS_TOKEN"],
  fileKeys: ["personal-access-token"],
  help: "the personal access token itself; it has no flag, since others on the machine can read a command line",
});

export const bearerTokenFileOption = row("bearer-token-file", {
  kind: "file",
  help: "a file that holds an access token to be sent as Bearer; read again when it changes",
});

/** Told without the value: people paste secrets into the wrong place. */
function checkId(value: Value): string | undefined {
  if (typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return undefined;
  return "must be an id such as 00000000-0000-0000-0000-000000000000";
}

function checkTenant(value: Value): string | undefined {
  if (checkId(value) === undefined) return undefined;
  if (typeof value === "string" && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(value)) return undefined;
  return "must be an id such as 00000000-0000-0000-0000-000000000000, or a domain such as fabrikam.onmicrosoft.com";
}

export const tenantIdOption = row("azure-tenant-id", {
  kind: "text",
  alsoEnv: ["AZURE_TENANT_ID", "BATON_AZURE_TENANT_ID"],
  check: checkTenant,
  help: "the Entra tenant that backs the organization, by id or domain",
});

export const clientIdOption = row("azure-client-id", {
  kind: "text",
  alsoEnv: ["AZURE_CLIENT_ID", "BATON_AZURE_CLIENT_ID"],
  check: checkId,
  help: "the application (client) id in Entra; of a managed identity, which of several",
});

export const clientSecretOption = row("azure-client-secret", {
  kind: "text",
  secret: true,
  noFlag: true,
  alsoEnv: ["AZURE_CLIENT_SECRET", "BATON_AZURE_CLIENT_SECRET"],
  help: "the application's client secret itself (the value, not its id); it has no flag",
});

export const clientSecretFileOption = row("azure-client-secret-file", {
  kind: "file",
  help: "a file that holds the application's client secret; read again with each access token",
});

export const clientCertificateFileOption = row("azure-client-certificate-file", {
  kind: "file",
  alsoEnv: ["AZURE_CLIENT_CERTIFICATE_PATH"],
  help: "a PEM file of the application's certificate with its private key; read again with each access token",
});

export const clientCertificatePasswordOption = row("azure-client-certificate-password", {
  kind: "text",
  secret: true,
  noFlag: true,
  alsoEnv: ["AZURE_CLIENT_CERTIFICATE_PASSWORD"],
  help: "the password of that private key itself; it has no flag",
});

export const clientCertificatePasswordFileOption = row("azure-client-certificate-password-file", {
  kind: "file",
  help: "a file that holds the password of that private key",
});

export const federatedTokenFileOption = row("azure-federated-token-file", {
  kind: "file",
  alsoEnv: ["AZURE_FEDERATED_TOKEN_FILE"],
  help: "a file with a token that Entra trusts in place of a secret, as Kubernetes projects it",
});

export const refreshTokenOption = row("refresh-token", {
  kind: "text",
  secret: true,
  noFlag: true,
  help: "an OAuth refresh token that a platform hands over, itself; it has no flag",
});

export const refreshTokenFileOption = row("refresh-token-file", {
  kind: "file",
  help: "a file that holds an OAuth refresh token that a platform hands over; read again when it changes",
});

export const authorityHostOption = row("authority-host", {
  kind: "text",
  default: "https://login.microsoftonline.com",
  alsoEnv: ["AZURE_AUTHORITY_HOST"],
  check: (value) => checkHttps(value),
  help: "where Entra gives tokens, with https; another one in a sovereign cloud",
});

function checkHttps(value: Value): string | undefined {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url?.protocol === "https:" && !url.username && !url.password && !url.search && !url.hash) return undefined;
  return "must be a URL that begins with https://, without a name, a password or a query";
}

export const loginFileOption = row("login-file", {
  kind: "file",
  help: "where `login` keeps what it got, for its owner alone; .azure-devops-connector/login in the home folder without",
});

export const loginLockOption = row("login-lock", {
  kind: "choice",
  choices: ["keychain", "passphrase", "none"],
  help: "what opens that file: a key in this machine's keychain, a passphrase, or nothing; a passphrase where one is given, else the keychain",
});

export const loginPassphraseFileOption = row("login-passphrase-file", {
  kind: "file",
  help: "a file that holds the passphrase of that file",
});

export const loginPassphraseOption = row("login-passphrase", {
  kind: "text",
  secret: true,
  noFlag: true,
  help: "the passphrase itself; it has no flag",
});

/** What `login` and the connector must agree on. */
export const loginStoreOptions: readonly OptionRow[] = [
  loginFileOption,
  loginLockOption,
  loginPassphraseFileOption,
  loginPassphraseOption,
];

export const credentialOptions: readonly OptionRow[] = [
  authOption,
  patFileOption,
  patOption,
  bearerTokenFileOption,
  tenantIdOption,
  clientIdOption,
  clientSecretFileOption,
  clientSecretOption,
  clientCertificateFileOption,
  clientCertificatePasswordFileOption,
  clientCertificatePasswordOption,
  federatedTokenFileOption,
  refreshTokenFileOption,
  refreshTokenOption,
  authorityHostOption,
  ...loginStoreOptions,
];

/** What belongs to each credential: the options that show it is meant, and those that it needs besides. */
export const methodOptions: Readonly<
  Record<AuthMethod, { readonly marks: readonly OptionRow[]; readonly parts: readonly OptionRow[] }>
> = {
  pat: { marks: [patFileOption, patOption], parts: [] },
  bearer: { marks: [bearerTokenFileOption], parts: [] },
  "client-secret": {
    marks: [clientSecretFileOption, clientSecretOption],
    parts: [tenantIdOption, clientIdOption, authorityHostOption],
  },
  certificate: {
    marks: [clientCertificateFileOption],
    parts: [
      clientCertificatePasswordFileOption,
      clientCertificatePasswordOption,
      tenantIdOption,
      clientIdOption,
      authorityHostOption,
    ],
  },
  "workload-identity": {
    marks: [federatedTokenFileOption],
    parts: [tenantIdOption, clientIdOption, authorityHostOption],
  },
  "managed-identity": { marks: [], parts: [clientIdOption] },
  "refresh-token": {
    marks: [refreshTokenFileOption, refreshTokenOption],
    parts: [clientSecretFileOption, clientSecretOption, tenantIdOption, clientIdOption, authorityHostOption],
  },
  login: { marks: [], parts: loginStoreOptions },
};
