import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLoginStore } from "../../src/azure-devops/auth/login-store.ts";
import type { LoginStoreOptions } from "../../src/azure-devops/auth/options.ts";
import { credentialOptions } from "../../src/config/credential-options.ts";
import { Secret } from "../../src/secret.ts";
import { keyPair } from "../support/certificates.ts";
import { runCommand, type Variables } from "../support/command.ts";
import { startServer } from "../support/http-server.ts";
import {
  clientId,
  startTokenEndpoint,
  type TokenEndpoint,
  type TokenRequest,
  tenantId,
  tokenReply,
} from "../support/token-endpoint.ts";

/** That every option of a credential does what it says, seen from what Entra and Azure DevOps are sent. */

const token = "t0k3n-of-someone";
const password = "p4ssw0rd-of-the-key";
let folder = "";
let endpoint: TokenEndpoint;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "connector-credentials-"));
  endpoint = await startTokenEndpoint(() => tokenReply({ refresh_token: "next-refresh-token" }));
  const { cert, key, protectedKey } = await keyPair(password);
  const contents = { token, password, ca: endpoint.caPem, plain: `${cert}${key}`, locked: `${cert}${protectedKey}` };
  for (const [name, text] of Object.entries(contents)) writeFileSync(file(name), `${text}\n`);
});
afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What Azure DevOps is sent as credential by a sync that it refuses. */
async function sent(args: readonly string[], env: Variables = {}): Promise<string | undefined> {
  await using upstream = await startServer((_, response) => response.writeHead(401).end());
  const command = ["sync", "--organization-url", `${upstream.url}x`, "--ca-file", file("ca"), ...args];
  const { code, out, err } = await runCommand(command, env);
  expect(code, err).toBe(1);
  for (const secret of [token, password]) expect(out + err).not.toContain(secret);
  return upstream.requests[0]?.headers.authorization;
}

const basic = (text: string) => `Basic ${Buffer.from(`:${text}`).toString("base64")}`;
const jwt = /^Bearer eyJ/;

const authority = () => ["--authority-host", endpoint.authorityHost];
const application = () => ["--azure-tenant-id", tenantId, "--azure-client-id", clientId, ...authority()];

/** What Entra is asked by a sync with these arguments, which then uses what it answered. */
async function asked(args: readonly string[], env: Variables = {}): Promise<TokenRequest & { form: URLSearchParams }> {
  const before = endpoint.requests.length;
  expect(await sent(args, env)).toMatch(jwt);
  const request = endpoint.requests[before];
  if (!request) throw new Error("Entra was not asked");
  return request;
}

/** Somebody who signed in, kept as `key` says. */
async function signedIn(key: LoginStoreOptions["key"]): Promise<string> {
  const path = join(folder, randomUUID(), "login");
  await createLoginStore({ file: path, key }).write({
    tenantId,
    clientId,
    authorityHost: endpoint.authorityHost,
    user: "ana@fabrikam.example",
    scopes: ["499b84ac-1321-427f-aa17-267ca6975798/vso.graph"],
    refreshToken: token,
    signedInAtMs: 0,
  });
  return path;
}

const withPassphrase = { kind: "passphrase", passphrase: new Secret(password) } as const;

const acts: Readonly<Record<string, () => Promise<void>>> = {
  async auth() {
    const both = { AZURE_DEVOPS_EXT_PAT: token, AZURE_CLIENT_SECRET: token };
    expect(await sent(["--auth", "pat"], both)).toBe(basic(token));
    expect(await sent(["--auth", "client-secret", ...application()], both)).toMatch(jwt);
    await using machine = await startServer((_, response) => {
      const expires_on = String(Math.floor(Date.now() / 1000) + 3600);
      response.end(JSON.stringify({ access_token: "of-the-machine", expires_on, token_type: "Bearer" }));
    });
    const place = { IDENTITY_ENDPOINT: `${machine.url}msi/token`, IDENTITY_HEADER: "h3ader" };
    expect(await sent(["--auth", "managed-identity"], place)).toBe("Bearer of-the-machine");
    expect(machine.requests[0]?.url.searchParams.get("resource")).toBe("499b84ac-1321-427f-aa17-267ca6975798");
  },
  async "pat-file"() {
    expect(await sent(["--pat-file", file("token")])).toBe(basic(token));
  },
  async pat() {
    expect(await sent([], { BATON_PAT: "abc" })).toBe(basic("abc"));
  },
  async "bearer-token-file"() {
    expect(await sent(["--bearer-token-file", file("token")])).toBe(`Bearer ${token}`);
  },
  async "azure-tenant-id"() {
    const { path } = await asked(["--azure-client-secret-file", file("token"), ...application()]);
    expect(path).toMatch(new RegExp(`^/${tenantId}/oauth2`));
  },
  async "azure-client-id"() {
    const { form } = await asked(["--azure-client-secret-file", file("token"), ...application()]);
    expect(form.get("client_id")).toBe(clientId);
  },
  async "authority-host"() {
    const { form } = await asked(["--azure-client-secret-file", file("token"), ...application()]);
    expect(form.get("scope")).toContain("499b84ac-1321-427f-aa17-267ca6975798/.default");
  },
  async "azure-client-secret-file"() {
    const { form } = await asked(["--azure-client-secret-file", file("token"), ...application()]);
    expect(form.get("client_secret")).toBe(token);
  },
  async "azure-client-secret"() {
    const { form } = await asked(application(), { BATON_AZURE_CLIENT_SECRET: "in the environment" });
    expect(form.get("client_secret")).toBe("in the environment");
  },
  async "azure-client-certificate-file"() {
    const { form } = await asked(["--azure-client-certificate-file", file("plain"), ...application()]);
    expect(form.get("client_assertion")).toMatch(/^eyJ/);
  },
  async "azure-client-certificate-password-file"() {
    const given = ["--azure-client-certificate-password-file", file("password")];
    const { form } = await asked(["--azure-client-certificate-file", file("locked"), ...given, ...application()]);
    expect(form.get("client_assertion")).toMatch(/^eyJ/);
  },
  async "azure-client-certificate-password"() {
    const args = ["--azure-client-certificate-file", file("locked"), ...application()];
    const { form } = await asked(args, { AZURE_CLIENT_CERTIFICATE_PASSWORD: password });
    expect(form.get("client_assertion")).toMatch(/^eyJ/);
    expect(await sent(args, { AZURE_CLIENT_CERTIFICATE_PASSWORD: "another" })).toBeUndefined();
  },
  async "azure-federated-token-file"() {
    const { form } = await asked(["--azure-federated-token-file", file("token"), ...application()]);
    expect(form.get("client_assertion")).toBe(token);
  },
  async "refresh-token-file"() {
    const { form } = await asked(["--refresh-token-file", file("token"), ...application()]);
    expect([form.get("grant_type"), form.get("refresh_token")]).toEqual(["refresh_token", token]);
  },
  async "refresh-token"() {
    const env = { AZURE_DEVOPS_CONNECTOR_REFRESH_TOKEN: token, AZURE_CLIENT_SECRET: "s3cret" };
    const { form } = await asked(application(), env);
    expect([form.get("refresh_token"), form.get("client_secret")]).toEqual([token, "s3cret"]);
  },
  async "login-file"() {
    const given = ["--login-passphrase-file", file("password")];
    const path = await signedIn(withPassphrase);
    const { form } = await asked(["--auth", "login", "--login-file", path, ...given]);
    expect(form.get("refresh_token")).toBe(token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  },
  async "login-lock"() {
    const path = await signedIn({ kind: "none" });
    const { form } = await asked(["--auth", "login", "--login-file", path, "--login-lock", "none"]);
    expect(form.get("refresh_token")).toBe(token);
    expect(await sent(["--auth", "login", "--login-file", path, "--login-lock", "keychain"])).toBeUndefined();
  },
  async "login-passphrase-file"() {
    const args = ["--auth", "login", "--login-file", await signedIn(withPassphrase)];
    expect(await sent([...args, "--login-passphrase-file", file("token")])).toBeUndefined();
    expect(await sent([...args, "--login-passphrase-file", file("password")])).toMatch(jwt);
  },
  async "login-passphrase"() {
    const args = ["--auth", "login", "--login-file", await signedIn(withPassphrase)];
    expect(await sent(args, { AZURE_DEVOPS_CONNECTOR_LOGIN_PASSPHRASE: password })).toMatch(jwt);
  },
};

describe("every option of a credential acts:", () => {
  test.each(Object.keys(acts))("--%s", async (name) => {
    await acts[name]?.();
  });

  test("none is left out", () => {
    expect(Object.keys(acts).sort()).toEqual(credentialOptions.map(({ name }) => name).sort());
  });
});
