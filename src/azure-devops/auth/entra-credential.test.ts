import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureFrom } from "../../../test/support/calls.ts";
import { keyPair } from "../../../test/support/certificates.ts";
import { startTunnelProxy } from "../../../test/support/proxy.ts";
import {
  clientId,
  startTokenEndpoint,
  type TokenEndpoint,
  tenantId,
  tokenReply,
} from "../../../test/support/token-endpoint.ts";
import { Secret } from "../../secret.ts";
import { silentLog } from "../../telemetry/log.ts";
import { createEntraCredential } from "./entra-credential.ts";
import type { EntraOptions } from "./options.ts";

const { signal } = new AbortController();
const secret = "s3cret~of-the-application";
let folder = "";
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-auth-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const application = ({ authorityHost }: TokenEndpoint) => ({ tenantId, clientId, authorityHost });
const withSecret = (endpoint: TokenEndpoint): EntraOptions => ({
  kind: "client-secret",
  ...application(endpoint),
  clientSecret: { value: new Secret(secret) },
});

const credentialOf = (endpoint: TokenEndpoint, options: EntraOptions) =>
  createEntraCredential(options, { caPem: endpoint.caPem, log: silentLog });

describe("the token request", () => {
  test("of a client secret proves itself by the secret, for Azure DevOps", async () => {
    await using endpoint = await startTokenEndpoint();
    const credential = credentialOf(endpoint, withSecret(endpoint));
    expect(await credential.authorization(signal)).toMatch(/^Bearer eyJ/);
    const [request] = endpoint.requests;
    expect(request?.path).toMatch(new RegExp(`^/${tenantId}/oauth2/v2.0/token`));
    expect(Object.fromEntries(request?.form ?? [])).toMatchObject({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
      scope: expect.stringContaining("499b84ac-1321-427f-aa17-267ca6975798/.default"),
    });
    await credential.close();
  });

  test("of a secret in a file takes what the file holds by then", async () => {
    await using endpoint = await startTokenEndpoint();
    writeFileSync(file("secret"), "first-of-the-secrets\n");
    const clientSecret = { value: new Secret("first-of-the-secrets"), file: file("secret") };
    const credential = credentialOf(endpoint, { kind: "client-secret", ...application(endpoint), clientSecret });
    const header = await credential.authorization(signal);
    writeFileSync(file("secret"), "second-of-the-secrets\n");
    await credential.renew(header, signal);
    expect(endpoint.requests.map(({ form }) => form.get("client_secret"))).toEqual([
      "first-of-the-secrets",
      "second-of-the-secrets",
    ]);
    await credential.close();
  });

  test("of a certificate is signed with its key, which a password may protect", async () => {
    await using endpoint = await startTokenEndpoint();
    const { cert, key, protectedKey } = await keyPair("p4ssw0rd-of-the-key");
    writeFileSync(file("plain.pem"), `${key}${cert}`);
    writeFileSync(file("protected.pem"), `${cert}${protectedKey}`);
    const base = { kind: "certificate", ...application(endpoint) } as const;
    const plain = credentialOf(endpoint, { ...base, file: file("plain.pem") });
    const password = { value: new Secret("p4ssw0rd-of-the-key") };
    const locked = credentialOf(endpoint, { ...base, file: file("protected.pem"), password });
    await plain.authorization(signal);
    await locked.authorization(signal);
    for (const { form } of endpoint.requests) {
      const assertion = form.get("client_assertion") ?? "";
      expect(decodeJwt(assertion)).toMatchObject({ iss: clientId, sub: clientId });
      expect(decodeProtectedHeader(assertion)).toHaveProperty("x5c");
    }
    expect(endpoint.requests).toHaveLength(2);
    await Promise.all([plain.close(), locked.close()]);
  });

  test("of a workload carries the token that its file holds by then", async () => {
    await using endpoint = await startTokenEndpoint();
    const options = { kind: "workload-identity", ...application(endpoint), tokenFile: file("projected") } as const;
    writeFileSync(file("projected"), "assertion-number-one\n");
    const credential = credentialOf(endpoint, options);
    const header = await credential.authorization(signal);
    writeFileSync(file("projected"), "assertion-number-two\n");
    await credential.renew(header, signal);
    expect(endpoint.requests.map(({ form }) => form.get("client_assertion"))).toEqual([
      "assertion-number-one",
      "assertion-number-two",
    ]);
    expect(credential.holds("... assertion-number-one ... ")).toBe(true);
    expect(credential.holds("... assertion-number-two ... ")).toBe(true);
    await credential.close();
  });

  test("of a refresh token takes the newest one, and another that is handed over", async () => {
    await using endpoint = await startTokenEndpoint((_, index) =>
      tokenReply({ refresh_token: `rotated-refresh-token-${index}` }),
    );
    writeFileSync(file("refresh"), "first-refresh-token\n");
    const credential = credentialOf(endpoint, {
      kind: "refresh-token",
      ...application(endpoint),
      refreshToken: { value: new Secret("first-refresh-token"), file: file("refresh") },
      clientSecret: { value: new Secret(secret) },
    });
    await credential.authorization(signal);
    await credential.forResource?.("https://graph.microsoft.com").authorization(signal);
    writeFileSync(file("refresh"), "handed-over-again\n");
    await credential.forResource?.("https://elsewhere.example").authorization(signal);
    expect(endpoint.requests.map(({ form }) => form.get("refresh_token"))).toEqual([
      "first-refresh-token",
      "rotated-refresh-token-0",
      "handed-over-again",
    ]);
    expect(endpoint.requests.map(({ form }) => form.get("client_secret"))).toEqual([secret, secret, secret]);
    for (const told of ["first-refresh-token", "rotated-refresh-token-0", "rotated-refresh-token-1", secret]) {
      expect(credential.redact(`it says ${told}`)).toBe("it says [secret]");
    }
    await credential.close();
  });
});

describe("an access token", () => {
  test("is asked for once by a hundred callers of one time, and once more for another service", async () => {
    await using endpoint = await startTokenEndpoint();
    const credential = credentialOf(endpoint, withSecret(endpoint));
    const headers = await Promise.all(Array.from({ length: 100 }, () => credential.authorization(signal)));
    expect(new Set(headers).size).toBe(1);
    expect(endpoint.requests).toHaveLength(1);
    const graph = credential.forResource?.("https://graph.microsoft.com");
    expect(await graph?.authorization(signal)).not.toBe(headers[0]);
    expect(endpoint.requests.at(-1)?.form.get("scope")).toContain("https://graph.microsoft.com/.default");
    await credential.close();
  });

  test("is waited for no longer than the call may take, and comes for the others", async () => {
    const held = Promise.withResolvers<void>();
    await using endpoint = await startTokenEndpoint(async () => {
      await held.promise;
      return tokenReply();
    });
    const credential = credentialOf(endpoint, withSecret(endpoint));
    const gone = new AbortController();
    const [waiting, leaving] = [credential.authorization(signal), credential.authorization(gone.signal)];
    gone.abort();
    expect((await failureFrom(leaving)).kind).toBe("canceled");
    held.resolve();
    expect(await waiting).toMatch(/^Bearer/);
    expect(endpoint.requests).toHaveLength(1);
    await credential.close();
  });

  test("tells of whom it is", async () => {
    await using endpoint = await startTokenEndpoint();
    const credential = credentialOf(endpoint, withSecret(endpoint));
    expect(await credential.facts(signal)).toMatchObject({ tenantId, clientId, isApplication: true });
    await credential.close();
  });
});

test("a token is asked for through the proxy, which sees no more than where to", async () => {
  await using endpoint = await startTokenEndpoint();
  await using proxy = await startTunnelProxy();
  const route = { url: new Secret(`http://me:pr0xy@127.0.0.1:${proxy.port}`), except: [] };
  const credential = createEntraCredential(withSecret(endpoint), {
    caPem: endpoint.caPem,
    proxy: route,
    log: silentLog,
  });
  expect(await credential.authorization(signal)).toMatch(/^Bearer/);
  const { host } = new URL(endpoint.authorityHost);
  expect(new Set(proxy.tunnels.map(({ target }) => target))).toEqual(new Set([host]));
  await credential.close();
});
