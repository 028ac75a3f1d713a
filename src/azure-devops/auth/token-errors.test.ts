import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { failureFrom } from "../../../test/support/calls.ts";
import {
  clientId,
  refusal,
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

const withSecret = ({ authorityHost }: TokenEndpoint): EntraOptions => ({
  kind: "client-secret",
  ...{ tenantId, clientId, authorityHost },
  clientSecret: { value: new Secret(secret) },
});

const credentialOf = (endpoint: TokenEndpoint, options: EntraOptions) =>
  createEntraCredential(options, { caPem: endpoint.caPem, log: silentLog });

describe("a failure", () => {
  test.each([
    [7000215, "invalid_client", "unauthenticated", /secret is wrong; give the secret's value/],
    [7000222, "invalid_client", "unauthenticated", /has expired; make a new one/],
    [700016, "unauthorized_client", "unauthenticated", /not in this tenant; check --azure-client-id/],
    [90002, "invalid_request", "unauthenticated", /no such tenant; check --azure-tenant-id/],
    [65001, "invalid_grant", "forbidden", /consent is missing; have an administrator consent/],
    [700213, "invalid_client", "unauthenticated", /the subject of the token; look at the federated credentials/],
    [53003, "invalid_grant", "forbidden", /Conditional Access blocks it; ask/],
    [500011, "invalid_resource", "unauthenticated", /does not know the service; check --azure-tenant-id/],
    [4242424, "invalid_client", "unauthenticated", /Something is wrong.*check its id and its secret/],
  ] as const)("AADSTS%i is told with cause and remedy", async (code, error, kind, told) => {
    await using endpoint = await startTokenEndpoint(() => refusal(code, error));
    const credential = credentialOf(endpoint, withSecret(endpoint));
    const failure = await failureFrom(credential.authorization(signal));
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(told) });
    expect(failure.message).toContain(`no access token for Azure DevOps`);
    expect(failure.message).toContain(`AADSTS${code}, trace id 12345678-`);
    expect(endpoint.requests).toHaveLength(1);
    await credential.close();
  });

  test("of the service is tried again, and told as its own", async () => {
    await using endpoint = await startTokenEndpoint((_, index) =>
      index < 2 ? { status: 503, body: {} } : tokenReply(),
    );
    const credential = credentialOf(endpoint, withSecret(endpoint));
    expect(await credential.authorization(signal)).toMatch(/^Bearer/);
    await credential.close();
  });

  test("of a machine that has no identity says so", async () => {
    vi.stubEnv("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token");
    vi.stubEnv("IDENTITY_HEADER", "h3ader");
    const retry = { maxTries: 1, baseMs: 1, maxMs: 1 };
    const credential = createEntraCredential({ kind: "managed-identity" }, { log: silentLog, retry });
    const failure = await failureFrom(credential.authorization(signal));
    expect(failure).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("another credential (--auth)"),
    });
    vi.unstubAllEnvs();
    await credential.close();
  });

  test("to trust the authority says so", async () => {
    await using endpoint = await startTokenEndpoint();
    const credential = createEntraCredential(withSecret(endpoint), { log: silentLog });
    const failure = await failureFrom(credential.authorization(signal));
    expect(failure).toMatchObject({ kind: "unavailable", message: expect.stringContaining("--ca-file") });
    await credential.close();
  });

  test("never follows a redirect with a secret", async () => {
    await using other = await startTokenEndpoint();
    await using endpoint = await startTokenEndpoint(() => ({
      status: 307,
      body: {},
      headers: { location: `${other.authorityHost}/${tenantId}/oauth2/v2.0/token` },
    }));
    const credential = credentialOf(endpoint, withSecret(endpoint));
    expect((await failureFrom(credential.authorization(signal))).message).toContain("a redirect");
    expect(other.requests).toHaveLength(0);
    await credential.close();
  });

  test("shows no secret, even where the endpoint repeats what it was sent", async () => {
    await using endpoint = await startTokenEndpoint(({ form }) =>
      refusal(4242424, "invalid_client", `You sent ${form.get("client_secret")}.`),
    );
    const credential = credentialOf(endpoint, withSecret(endpoint));
    const failure = await failureFrom(credential.authorization(signal));
    expect(failure.message).toContain("You sent [secret]");
    for (const shown of [inspect(failure, { depth: 9 }), inspect(credential, { depth: 9, showHidden: true })]) {
      expect(shown).not.toContain(secret);
    }
    await credential.close();
  });
});
