import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EmulatorWithEntra } from "../../../src/emulator/index.ts";
import { subjectAt } from "../../../src/emulator/index.ts";
import { ask, askEntra, azureDevOpsScope, postForm, startWithEntra } from "../../support/entra.ts";

/** Authorization codes and refresh tokens, by plain requests. */

let emulator: EmulatorWithEntra;
beforeAll(async () => {
  emulator = await startWithEntra();
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.entra.browser.declines = false;
});

const redirectUri = "http://localhost:49152";
const verifier = "a-verifier-that-is-long-enough-for-the-rule-of-43-characters";
const challenge = createHash("sha256").update(verifier).digest("base64url");
const clientId = () => emulator.entra.applications.publicClient.clientId;

/** Opens the page where people sign in, and gives where the browser is led. */
async function authorize(change: Readonly<Record<string, string>> = {}) {
  const query = new URLSearchParams({
    client_id: clientId(),
    response_type: "code",
    redirect_uri: redirectUri,
    scope: `${azureDevOpsScope} offline_access openid`,
    state: "as it was",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...change,
  });
  const path = `/${emulator.entra.tenantId}/oauth2/v2.0/authorize?${query}`;
  const { headers, status, text } = await askEntra(emulator, path);
  const location = headers.get("location");
  return { status, text, answer: new URLSearchParams(location ? new URL(location).search : "") };
}

const code = async (change: Readonly<Record<string, string>> = {}) =>
  (await authorize(change)).answer.get("code") ?? "";

function redeem(codeText: string, change: Readonly<Record<string, string>> = {}) {
  const form = { grant_type: "authorization_code", client_id: clientId(), code: codeText, redirect_uri: redirectUri };
  return postForm(emulator, "token", { ...form, code_verifier: verifier, ...change });
}

function refresh(token: unknown, change: Readonly<Record<string, string>> = {}, at = emulator) {
  const form = { grant_type: "refresh_token", client_id: clientId(), refresh_token: String(token) };
  return postForm(at, "token", { ...form, ...change });
}

const invalidGrant = (number: number) => ({ status: 400, body: { error: "invalid_grant", error_codes: [number] } });

describe("an authorization code", () => {
  test("comes back with the state, and gives every kind of token", async () => {
    const { answer, status } = await authorize({ nonce: "once" });
    expect([status, answer.get("state")]).toEqual([302, "as it was"]);
    const { body } = await redeem(answer.get("code") ?? "");
    expect(body).toMatchObject({ token_type: "Bearer", refresh_token: expect.any(String) });
    const { originId } = subjectAt(emulator.state, emulator.state.caller);
    expect(decodeJwt(String(body.id_token))).toMatchObject({ aud: clientId(), oid: originId, nonce: "once" });
    expect((await ask(emulator, String(body.access_token), "_apis/projects")).status).toBe(200);
  });

  test("is good once", async () => {
    const once = await code();
    expect(await redeem(once)).toMatchObject({ status: 200 });
    expect(await redeem(once)).toMatchObject(invalidGrant(54005));
  });

  test.each([
    ["another verifier", { code_verifier: "another" }, 501481],
    ["another address", { redirect_uri: "http://localhost:1" }, 500112],
  ])("is refused with %s", async (_name, change, number) => {
    expect(await redeem(await code(), change)).toMatchObject(invalidGrant(number));
  });

  test("is refused without its verifier, from another client, and when it was never issued", async () => {
    const form = { grant_type: "authorization_code", client_id: clientId(), redirect_uri: redirectUri };
    expect(await postForm(emulator, "token", { ...form, code: await code() })).toMatchObject(invalidGrant(501481));
    const { clientId: other, secret } = emulator.entra.applications.connector;
    const stolen = await redeem(await code(), { client_id: other, client_secret: secret });
    expect(stolen).toMatchObject(invalidGrant(70000));
    expect(await redeem("nothing")).toMatchObject(invalidGrant(70000));
  });

  test("belongs to whom the hint names", async () => {
    const { state } = emulator;
    const other = state.users
      .map((index) => subjectAt(state, index))
      .find(({ active, index, kind }) => kind === "entra-user" && active && index !== state.caller);
    const { body } = await redeem(await code({ login_hint: other?.principalName ?? "" }));
    expect(decodeJwt(String(body.access_token))).toMatchObject({ oid: other?.originId, upn: other?.principalName });
  });
});

describe("the page where people sign in", () => {
  test.each([
    ["of an unknown client", { client_id: "00000000-0000-4000-8000-000000000000" }, "AADSTS700016"],
    ["that leads elsewhere", { redirect_uri: "https://elsewhere.example" }, "AADSTS50011"],
    ["of an unknown person", { login_hint: "nobody@fabrikam.example" }, "AADSTS50034"],
  ])("%s leads nowhere", async (_name, change, number) => {
    const { status, text } = await authorize(change);
    expect([status, text]).toEqual([400, expect.stringContaining(number)]);
  });

  test.each([
    ["without consent", { scope: "499b84ac-1321-427f-aa17-267ca6975798/vso.code" }, "consent_required", "AADSTS65001"],
    [
      "with a scope that is none",
      { scope: "499b84ac-1321-427f-aa17-267ca6975798/all" },
      "invalid_client",
      "AADSTS650053",
    ],
    ["with a plain challenge", { code_challenge_method: "plain" }, "invalid_request", "AADSTS9002313"],
    ["for a token at once", { response_type: "token" }, "unsupported_response_type", "AADSTS70005"],
  ])("%s leads back with an error", async (_name, change, error, number) => {
    const { answer, status } = await authorize(change);
    expect([status, answer.get("error"), answer.get("error_description")]).toEqual([
      302,
      error,
      expect.stringContaining(number),
    ]);
  });

  test("can be declined", async () => {
    emulator.entra.browser.declines = true;
    const { answer } = await authorize();
    expect([answer.get("error"), answer.get("state"), answer.get("code")]).toEqual([
      "access_denied",
      "as it was",
      null,
    ]);
  });
});

describe("a refresh token", () => {
  const signIn = async () => (await redeem(await code())).body.refresh_token;

  test("gives an access token and a new refresh token, and stays good", async () => {
    const old = await signIn();
    const first = await refresh(old);
    expect(first).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
    expect(first.body.refresh_token).not.toBe(old);
    expect((await ask(emulator, String(first.body.access_token), "_apis/projects")).status).toBe(200);
    expect(await refresh(old)).toMatchObject({ status: 200 });
    expect(await refresh(first.body.refresh_token)).toMatchObject({ status: 200 });
  });

  test("is good once when the options say so", async () => {
    await using strict = await startWithEntra({ singleUseRefreshTokens: true });
    const form = { client_id: clientId(), scope: `${azureDevOpsScope} offline_access` };
    const { body } = await postForm(strict, "devicecode", form);
    strict.entra.answerDevice(String(body.user_code));
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", client_id: clientId() };
    const signedIn = await postForm(strict, "token", { ...grant, device_code: String(body.device_code) });
    const next = await refresh(signedIn.body.refresh_token, {}, strict);
    expect(next).toMatchObject({ status: 200 });
    expect(await refresh(signedIn.body.refresh_token, {}, strict)).toMatchObject(invalidGrant(70000));
    expect(await refresh(next.body.refresh_token, {}, strict)).toMatchObject({ status: 200 });
  });

  test("can ask for less, and not for what nobody consented to", async () => {
    const token = await signIn();
    const less = await refresh(token, { scope: "499b84ac-1321-427f-aa17-267ca6975798/vso.graph" });
    expect(decodeJwt(String(less.body.access_token))).toMatchObject({ scp: "vso.graph" });
    const more = await refresh(token, { scope: "499b84ac-1321-427f-aa17-267ca6975798/vso.code" });
    expect(more).toMatchObject({ ...invalidGrant(65001), body: { suberror: "consent_required" } });
  });

  test("is refused to another client, after a changed password, and after 90 days", async () => {
    const { clientId: other, secret } = emulator.entra.applications.connector;
    const stolen = await refresh(await signIn(), { client_id: other, client_secret: secret });
    expect(stolen).toMatchObject(invalidGrant(70000));
    expect(await refresh("nonsense")).toMatchObject(invalidGrant(9002313));
    const revoked = await signIn();
    emulator.entra.revokeRefreshTokens();
    expect(await refresh(revoked)).toMatchObject(invalidGrant(50173));
    const expired = await signIn();
    emulator.entra.expireRefreshTokens();
    expect(await refresh(expired)).toMatchObject(invalidGrant(700082));
  });
});

describe("documents of the authority", () => {
  test("lead to each other, and to the key of the tokens", async () => {
    const { authorityHost, tenantId } = emulator.entra;
    const read = async (path: string) => JSON.parse((await askEntra(emulator, path)).text);
    const configuration = await read(`/${tenantId}/v2.0/.well-known/openid-configuration`);
    expect(configuration).toMatchObject({
      token_endpoint: `${authorityHost}/${tenantId}/oauth2/v2.0/token`,
      issuer: `${authorityHost}/${tenantId}/v2.0`,
    });
    const { keys } = await read(new URL(configuration.jwks_uri).pathname);
    expect(keys).toEqual([expect.objectContaining({ kty: "RSA", alg: "RS256", use: "sig" })]);
    const discovery = await read("/common/discovery/instance?api-version=1.1");
    expect(discovery.metadata[0].aliases).toEqual([new URL(authorityHost).host]);
    const cluster = await read("/cluster/.well-known/openid-configuration");
    expect((await read(new URL(cluster.jwks_uri).pathname)).keys).toHaveLength(1);
  });
});

describe("failures", () => {
  test("happen as often as they were ordered", async () => {
    const { failures } = emulator.entra;
    failures.add({ path: "/token", status: 503, retryAfterSeconds: 7, times: 1 });
    const { connector } = emulator.entra.applications;
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: connector.clientId,
      client_secret: connector.secret,
      scope: azureDevOpsScope,
    }).toString();
    const post = () => askEntra(emulator, `/${emulator.entra.tenantId}/oauth2/v2.0/token`, { method: "POST", body });
    const refused = await post();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "7"]);
    expect((await post()).status).toBe(200);
    failures.clear();
  });
});
