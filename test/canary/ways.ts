import { join } from "node:path";
import { createLoginStore } from "../../src/azure-devops/auth/login-store.ts";
import { branchOption, crossCheckOption, emulateOptions, outputOptions, serverOption } from "../../src/cli/options.ts";
import { proxyOption, serveOptions } from "../../src/config/options.ts";
import type { OptionRow } from "../../src/config/row.ts";
import type { Flags } from "../../src/config/settings.ts";
import { Secret } from "../../src/secret.ts";
import type { Folder } from "../server/harness.ts";
import { keyPair, selfSignedCertificate } from "../support/certificates.ts";
import { type Canary, randomText, randomToken, randomWebToken } from "./canaries.ts";

/** What a secret is for; a run needs one of each. */
export type Purpose = "credential" | "callers" | "key" | "proxy";

/** A secret on its way into the connector. */
export interface Way {
  readonly option: string;
  readonly purpose: Purpose;
  readonly canary: Canary;
  /** What is presented or used as it is. */
  readonly secret: string;
  /** The certificate of a key. */
  readonly certificate: string | undefined;
  /** What the command line, the environment and the configuration file say. */
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string>>;
  readonly yaml: readonly string[];
}

interface Made {
  readonly secret: string;
  /** The part of it that nobody may see. */
  readonly hidden: string;
  /** What the option's value is made of. */
  readonly content: string;
  readonly certificate?: string;
  /** What it is of no use without. */
  readonly flags?: Flags;
}

/** Where access tokens of Microsoft Entra come from. */
export interface Authority {
  readonly flags: Flags;
}

interface Holder {
  readonly purpose: Purpose;
  /** The option holds the secret itself, or names a file that does. */
  readonly in: "value" | "file";
  make(folder: Folder, authority: Authority): Promise<Made> | Made;
}

/** A secret by which an access token is got. */
const forEntra =
  (make: (folder: Folder) => Promise<Made> | Made): Holder["make"] =>
  async (folder, authority) => {
    const made = await make(folder);
    return { ...made, flags: { ...authority.flags, ...made.flags } };
  };

const text = (): Made => {
  const secret = randomText(40);
  return { secret, hidden: secret, content: secret };
};

const webToken = (): Made => {
  const { token: secret, signature } = randomWebToken();
  return { secret, hidden: signature, content: secret };
};

/** The middle of an RSA key in PKCS #8 is of the private numbers. */
async function clientCertificate(): Promise<Made> {
  const { cert, key } = await keyPair("");
  const body = key.replace(/-----[^-]+-----|\s/g, "");
  return { secret: key, hidden: body.slice(700, 740), content: `${cert}${key}` };
}

async function certificatePassword(folder: Folder): Promise<Made> {
  const made = text();
  const { cert, protectedKey } = await keyPair(made.secret);
  const file = folder.write(`${made.secret.length}-${Math.random()}.pem`, `${cert}${protectedKey}`);
  return { ...made, flags: { "azure-client-certificate-file": file } };
}

/** What opens what is kept of somebody who signed in. */
const loginPassphrase: Holder["make"] = async ({ path }, { flags }) => {
  const made = text();
  const file = join(path, `login-${Math.random()}`, "login");
  const key = { kind: "passphrase", passphrase: new Secret(made.secret) } as const;
  await createLoginStore({ file, key }).write({
    tenantId: String(flags["azure-tenant-id"]),
    clientId: String(flags["azure-client-id"]),
    authorityHost: String(flags["authority-host"]),
    user: "ana@fabrikam.example",
    scopes: ["499b84ac-1321-427f-aa17-267ca6975798/vso.graph"],
    refreshToken: randomText(60),
    signedInAtMs: 0,
  });
  return { ...made, flags: { auth: "login", "login-file": file, "ca-file": flags["ca-file"] } };
};

const credential = (place: Holder["in"], make: Holder["make"]): Holder => ({ purpose: "credential", in: place, make });

const token = (): Made => {
  const secret = randomToken();
  return { secret, hidden: secret, content: secret };
};

/** Options that take a secret, with a secret such as each takes. */
export const holders: Readonly<Record<string, Holder>> = {
  pat: { purpose: "credential", in: "value", make: token },
  "pat-file": { purpose: "credential", in: "file", make: token },
  "bearer-token-file": {
    purpose: "credential",
    in: "file",
    make: webToken,
  },
  "azure-client-secret": credential("value", forEntra(text)),
  "azure-client-secret-file": credential("file", forEntra(text)),
  "azure-client-certificate-file": credential("file", forEntra(clientCertificate)),
  "azure-client-certificate-password": credential("value", forEntra(certificatePassword)),
  "azure-client-certificate-password-file": credential("file", forEntra(certificatePassword)),
  "azure-federated-token-file": credential("file", forEntra(webToken)),
  "refresh-token": credential("value", forEntra(text)),
  "refresh-token-file": credential("file", forEntra(text)),
  "login-passphrase": credential("value", loginPassphrase),
  "login-passphrase-file": credential("file", loginPassphrase),
  "auth-tokens-file": {
    purpose: "callers",
    in: "file",
    make() {
      const secret = randomText(43);
      return { secret, hidden: secret, content: `platform:${secret}\nother:${randomText(43)}\n` };
    },
  },
  "tls-key-file": {
    purpose: "key",
    in: "file",
    async make() {
      const { cert, key } = await selfSignedCertificate();
      const body = key.replace(/-----[^-]+-----|\s/g, "");
      // Bytes 36 to 66 of a P-256 key in PKCS #8 are of the private number; the rest is public or in every key.
      return { secret: key, hidden: body.slice(48, 88), content: key, certificate: cert };
    },
  },
  proxy: {
    purpose: "proxy",
    in: "value",
    make() {
      const secret = `${randomText(20)}/+@: %${randomText(20)}`;
      return { secret, hidden: secret, content: secret };
    },
  },
};

/** Options of a kind that could take a secret, which take none: whoever adds one has to say which of both it is. */
export const harmless: ReadonlySet<string> = new Set([
  "config", // Holds others' secrets: each option that takes one has a way through it.
  ...["organization-url", "ca-file", "proxy-bypass", "tls-cert-file", "tls-client-ca-file", "tls-client-names"],
  ...["out", "users", "groups", "projects", "teams-per-project", "nesting", "seed", "fault"],
  ...["azure-tenant-id", "azure-client-id", "authority-host", "login-file", "microsoft-graph-url", "entra-group-ids"],
  ...["change-log", "tier-zero-to", "access-level-floor", "caller-rights", "account-domains"],
  ...["throttle", "throttle-window", "manifest", "branch"],
]);

/** Every option that there is. */
export const allOptions: readonly OptionRow[] = [
  ...serveOptions,
  serverOption,
  crossCheckOption,
  branchOption,
  ...outputOptions,
  ...emulateOptions,
];

/** Every way for a secret into the connector: by flag, by each name in the environment, by each key in the file. */
export async function createWays(folder: Folder, proxyPort: number, authority: Authority): Promise<Way[]> {
  const ways: Way[] = [];
  for (const row of serveOptions) {
    const holder = holders[row.name];
    if (!holder) continue;
    for (const place of placesOf(row)) {
      const name = `${row.name} by ${place.name}`;
      const { secret, hidden, content, certificate, flags = {} } = await holder.make(folder, authority);
      const value = holder.in === "file" ? folder.write(name.replaceAll(/\W/g, "-"), content) : content;
      const given = row === proxyOption ? proxyUrl(value, proxyPort) : value;
      const { purpose } = holder;
      ways.push({
        ...{ option: row.name, purpose, canary: { name, text: hidden }, secret, certificate },
        ...{ flags: {}, env: {}, yaml: [] },
        ...withFlags(place.give(given), flags),
      });
    }
  }
  return ways;
}

function withFlags(given: Partial<Pick<Way, "flags" | "env" | "yaml">>, more: Flags) {
  return { ...given, flags: { ...more, ...given.flags } };
}

interface Place {
  readonly name: string;
  give(value: string): Partial<Pick<Way, "flags" | "env" | "yaml">>;
}

export function placesOf({ name, noFlag, env, fileKeys = [] }: OptionRow): Place[] {
  return [
    ...(noFlag ? [] : [{ name: `--${name}`, give: (value: string) => ({ flags: { [name]: value } }) }]),
    ...env.map((variable) => ({ name: variable, give: (value: string) => ({ env: { [variable]: value } }) })),
    ...[name, ...fileKeys].map((key) => ({
      name: `${key} in the file`,
      give: (value: string) => ({ yaml: [`${key}: ${JSON.stringify(value)}`] }),
    })),
  ];
}

const proxyUrl = (password: string, port: number) => `http://me:${encodeURIComponent(password)}@127.0.0.1:${port}`;

let files = 0;

/** One configuration of several ways and more flags. */
export function configurationOf(ways: readonly Way[], folder: Folder, more: Flags) {
  files += 1;
  const yaml = ways.flatMap((way) => way.yaml);
  const certificate = ways.find((way) => way.certificate !== undefined)?.certificate;
  const flags: Flags = {
    ...Object.assign({}, ...ways.map((way) => way.flags)),
    ...(yaml.length > 0 ? { config: folder.write(`${files}.yaml`, `${yaml.join("\n")}\n`) } : {}),
    ...(certificate === undefined ? {} : { "tls-cert-file": folder.write(`${files}.pem`, certificate) }),
    ...more,
  };
  const env: Record<string, string> = Object.assign({}, ...ways.map((way) => way.env));
  return { flags, env };
}
