import { homedir } from "node:os";
import { join } from "node:path";
import type {
  CredentialOptions,
  EntraApplication,
  GivenSecret,
  LoginStoreOptions,
} from "../azure-devops/auth/options.ts";
import { Secret } from "../secret.ts";
import {
  type AuthMethod,
  authMethods,
  authOption,
  authorityHostOption,
  bearerTokenFileOption,
  clientCertificateFileOption,
  clientCertificatePasswordFileOption,
  clientCertificatePasswordOption,
  clientIdOption,
  clientSecretFileOption,
  clientSecretOption,
  credentialOptions,
  federatedTokenFileOption,
  loginFileOption,
  loginLockOption,
  loginPassphraseFileOption,
  loginPassphraseOption,
  methodOptions,
  patFileOption,
  patOption,
  refreshTokenFileOption,
  refreshTokenOption,
  tenantIdOption,
} from "./credential-options.ts";
import { nameOf, readText, Wrong } from "./given.ts";
import type { OptionRow } from "./row.ts";
import type { Settings } from "./settings.ts";

/** Reads what proves to Azure DevOps who is calling; fails when there is nothing, or more than one thing. */
export function loadCredential(settings: Settings): CredentialOptions {
  const method = methodOf(settings);
  if (method === undefined) {
    throw new Wrong(
      `no credential: give --pat-file FILE, or the token in ${patOption.env.join(" or ")}, or say with --auth which other there is (${authMethods.join(", ")})`,
    );
  }
  return loaders[method](settings);
}

/** Why an option of the credential is not used, where it is given and another credential is. */
export function unusedCredentialOption(settings: Settings, option: OptionRow): string | undefined {
  if (!credentialOptions.includes(option) || settings.of(option).source.rank === 0 || option === authOption) {
    return undefined;
  }
  const method = attempt(() => methodOf(settings));
  if (method === undefined) return undefined;
  const { marks, parts } = methodOptions[method];
  const used = givenOf(settings, marks);
  if (marks.includes(option)) return option === used ? undefined : `not used: ${used?.name ?? method} is`;
  return parts.includes(option) ? undefined : `not used: ${used?.name ?? `--auth ${method}`} is`;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Wrong) return undefined; // Told where the configuration is read.
    throw error;
  }
}

interface Candidate {
  readonly method: AuthMethod;
  readonly option: OptionRow;
  readonly rank: number;
}

/** The method that is asked for, or the one that is configured at the highest place. */
function methodOf(settings: Settings): AuthMethod | undefined {
  const asked = settings.text(authOption);
  if (asked !== undefined) return settings.choice(authOption, authMethods);
  const candidates = authMethods.flatMap((method): Candidate[] => {
    const option = givenOf(settings, methodOptions[method].marks);
    return option ? [{ method, option, rank: settings.of(option).source.rank }] : [];
  });
  // A refresh token may come with the client secret of its application.
  const hasRefreshToken = candidates.some(({ method }) => method === "refresh-token");
  const real = candidates.filter(({ method }) => !(hasRefreshToken && method === "client-secret"));
  const [first, second] = real.toSorted((a, b) => b.rank - a.rank);
  if (!first) return undefined;
  if (second && (second.rank === first.rank || isAmbient(settings, first.option))) {
    const pair = [first, second].toSorted((a, b) => authMethods.indexOf(a.method) - authMethods.indexOf(b.method));
    const names = pair.map(({ option }) => nameOf(settings, option)).join(" or ");
    const methods = pair.map(({ method }) => method).join(" or ");
    throw new Wrong(`give ${names}, not both; or say with --auth which is meant: ${methods}`);
  }
  return first.method;
}

/** Names that other tools, and a cluster for all of its pods, put into the environment: they win over nothing silently. */
function isAmbient(settings: Settings, option: OptionRow): boolean {
  const { kind, name } = settings.of(option).source;
  return kind === "environment" && /^AZURE_(?!DEVOPS_)/.test(name);
}

/** Of options that say the same, the one from the highest place, and of one place the first. */
function givenOf(settings: Settings, options: readonly OptionRow[]): OptionRow | undefined {
  const given = options.filter((option) => settings.text(option));
  const rank = (option: OptionRow) => settings.of(option).source.rank;
  const highest = Math.max(...given.map(rank));
  return given.find((option) => rank(option) === highest);
}

const loaders: Readonly<Record<AuthMethod, (settings: Settings) => CredentialOptions>> = {
  pat: (settings) => ({
    kind: "personal-access-token",
    token: needed(settings, "pat", patFileOption, patOption, "token").value,
  }),
  bearer: (settings) => {
    const { value, file } = needed(settings, "bearer", bearerTokenFileOption, undefined, "token");
    if (file === undefined) throw new Wrong("--auth bearer needs --bearer-token-file");
    return { kind: "bearer-token", token: value, file };
  },
  "client-secret": (settings) => ({
    kind: "client-secret",
    ...loadApplication(settings, "client-secret"),
    clientSecret: needed(settings, "client-secret", clientSecretFileOption, clientSecretOption, "secret"),
  }),
  certificate: (settings) => ({
    kind: "certificate",
    ...loadApplication(settings, "certificate"),
    file: fileOf(settings, "certificate", clientCertificateFileOption),
    password: secretOf(settings, clientCertificatePasswordFileOption, clientCertificatePasswordOption, undefined),
  }),
  "workload-identity": (settings) => ({
    kind: "workload-identity",
    ...loadApplication(settings, "workload-identity"),
    tokenFile: fileOf(settings, "workload-identity", federatedTokenFileOption),
  }),
  "managed-identity": (settings) => ({ kind: "managed-identity", clientId: settings.text(clientIdOption) }),
  "refresh-token": (settings) => ({
    kind: "refresh-token",
    ...loadApplication(settings, "refresh-token"),
    refreshToken: needed(settings, "refresh-token", refreshTokenFileOption, refreshTokenOption, "token"),
    clientSecret: secretOf(settings, clientSecretFileOption, clientSecretOption, "secret"),
  }),
  login: (settings) => ({ kind: "login", store: loadLoginStore(settings) }),
};

/** Where `login` keeps what it got. */
export function loadLoginStore(settings: Settings): LoginStoreOptions {
  const file = settings.text(loginFileOption) ?? join(homedir(), ".azure-devops-connector", "login");
  const passphrase = secretOf(settings, loginPassphraseFileOption, loginPassphraseOption, undefined)?.value;
  const asked = settings.text(loginLockOption);
  if (asked === "none") return { file, key: { kind: "none" } };
  if (asked === "keychain" || (asked === undefined && !passphrase)) return { file, key: { kind: "keychain" } };
  if (passphrase) return { file, key: { kind: "passphrase", passphrase } };
  const told = `--${loginPassphraseFileOption.name}, or ${loginPassphraseOption.env.join(" or ")}`;
  throw new Wrong(`--login-lock passphrase needs ${told}`);
}

/** The application that people sign in to, or that is one by itself. */
export function loadApplication(settings: Settings, method: AuthMethod): EntraApplication {
  const missing = [tenantIdOption, clientIdOption].filter((option) => !settings.text(option));
  if (missing.length > 0) {
    const told = missing.map(({ name, env }) => `--${name} (${env.join(" or ")})`).join(" and ");
    throw new Wrong(`the credential ${method} needs ${told}`);
  }
  return {
    tenantId: settings.text(tenantIdOption) ?? "",
    clientId: settings.text(clientIdOption) ?? "",
    authorityHost: (settings.text(authorityHostOption) ?? "").replace(/\/+$/, ""),
  };
}

function fileOf(settings: Settings, method: AuthMethod, option: OptionRow): string {
  const file = settings.text(option);
  if (file === undefined) throw new Wrong(`--auth ${method} needs --${option.name}`);
  readText(settings, option, file);
  return file;
}

/** What is checked of a secret: a `token` or `secret` is sent, so it is one line of ASCII; a password may be anything. */
type Word = "token" | "secret" | undefined;

function needed(
  settings: Settings,
  method: AuthMethod,
  fileOption: OptionRow,
  textOption: OptionRow | undefined,
  word: Word,
): GivenSecret {
  const secret = secretOf(settings, fileOption, textOption, word);
  if (secret) return secret;
  const also = textOption ? `, or ${textOption.env.join(" or ")}` : "";
  throw new Wrong(`--auth ${method} needs --${fileOption.name}${also}`);
}

function secretOf(
  settings: Settings,
  fileOption: OptionRow,
  textOption: OptionRow | undefined,
  word: Word,
): GivenSecret | undefined {
  const used = givenOf(settings, textOption ? [fileOption, textOption] : [fileOption]);
  const given = used && settings.text(used);
  if (!used || given === undefined) return undefined;
  const text = used === fileOption ? readText(settings, used, given) : given;
  const fault = word && faultOfSecret(text, word);
  if (fault !== undefined)
    throw new Wrong(`${nameOf(settings, used)}: ${fault}; give the ${word} alone, as it was made`);
  return { value: new Secret(text), file: used === fileOption ? given : undefined };
}

/** What no header and no form can carry, told without any of it. */
function faultOfSecret(text: string, word: string): string | undefined {
  const lines = text.split(/\r\n|\n|\r/).length;
  if (lines > 1) return `the ${word} has ${lines} lines`;
  const at = text.search(/[^ -~]/);
  return at < 0 ? undefined : `the ${word}'s character ${at + 1} is no letter, digit or sign of ASCII`;
}
