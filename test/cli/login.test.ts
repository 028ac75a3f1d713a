import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { startServer } from "../support/http-server.ts";
import { login } from "../support/login.ts";
import {
  clientId,
  startTokenEndpoint,
  type TokenEndpoint,
  type TokenReply,
  type TokenRequest,
  tenantId,
  tokenReply,
} from "../support/token-endpoint.ts";

/** Signing in as people do it, with a browser that is the test. */

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-login-"));
  writeFileSync(join(folder, "passphrase"), "correct horse battery staple\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const newStore = () => join(folder, randomUUID(), "login");

interface Place {
  readonly endpoint: TokenEndpoint;
  readonly store: string;
}

function flags({ endpoint, store }: Place): string[] {
  const ca = join(folder, `ca-${new URL(endpoint.authorityHost).port}.pem`);
  writeFileSync(ca, endpoint.caPem);
  const application = ["--azure-tenant-id", tenantId, "--azure-client-id", clientId];
  const authority = ["--authority-host", endpoint.authorityHost, "--ca-file", ca];
  return [...application, ...authority, ...storeFlags(store)];
}

const storeFlags = (store: string) => ["--login-file", store, "--login-passphrase-file", join(folder, "passphrase")];

const identity = (nonce?: string | null) =>
  new UnsecuredJWT({ tid: tenantId, oid: "o", sub: "s", preferred_username: "ana@fabrikam.example", nonce, ver: "2.0" })
    .setIssuer("x")
    .setAudience(clientId)
    .setIssuedAt()
    .setExpirationTime("1h")
    .encode();

const clientInfo = Buffer.from(JSON.stringify({ uid: "o", utid: tenantId })).toString("base64url");

/** Of somebody who signed in, with a refresh token. */
const person = (refreshToken: string, nonce?: string | null): TokenReply =>
  tokenReply({ refresh_token: refreshToken, id_token: identity(nonce), client_info: clientInfo });

/** An authority at which somebody signs in with a browser; each code is good for the page that it was made for. */
async function startAuthority(more: (request: TokenRequest) => TokenReply | undefined = () => undefined) {
  const pages: URLSearchParams[] = [];
  const endpoint = await startTokenEndpoint((request, index) => {
    const special = more(request);
    if (special) return special;
    return person(`refresh-token-number-${index}`, pages.at(-1)?.get("nonce"));
  });
  return { endpoint, pages };
}

/** Comes back from the authority's page with `answer`. */
async function comeBack(page: URLSearchParams, answer: Readonly<Record<string, string>>): Promise<Response> {
  const back = new URL(page.get("redirect_uri") ?? "");
  for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value);
  return fetch(back);
}

describe("login with a browser", () => {
  test("keeps a refresh token for --auth login, and shows nothing of it", async () => {
    const { endpoint, pages } = await startAuthority();
    await using _ = endpoint;
    const place = { endpoint, store: newStore() };
    const answers: (readonly [number, string])[] = [];
    const { code, out, err } = await login([...flags(place), "--for", "provisioning"], async (url) => {
      const page = new URL(url).searchParams;
      pages.push(page);
      const state = page.get("state") ?? "";
      for (const answer of [
        { code: "stolen", state: "other" },
        { code: "c0de", state },
      ]) {
        const response = await comeBack(page, answer);
        answers.push([response.status, await response.text()]);
      }
    });
    expect([code, err]).toEqual([0, expect.stringContaining("open this address")]);
    expect(answers).toEqual([
      [400, expect.stringContaining("not an answer")],
      [200, expect.stringContaining("You are signed in")],
    ]);
    expect(out).toBe(`signed in as ana@fabrikam.example, kept in ${place.store}; use it with --auth login\n`);
    const [page] = pages;
    const resource = "499b84ac-1321-427f-aa17-267ca6975798";
    const scopes = ["user_impersonation", "vso.profile", "vso.graph_manage", "vso.memberentitlementmanagement_write"];
    expect(page?.get("scope")?.split(" ")).toEqual(
      expect.arrayContaining([...scopes.map((scope) => `${resource}/${scope}`), "offline_access"]),
    );
    const { form } = endpoint.requests[0] ?? { form: new URLSearchParams() };
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    expect([form.get("code"), page?.get("code_challenge"), page?.get("code_challenge_method")]).toEqual([
      "c0de",
      challenge,
      "S256",
    ]);
    for (const shown of [out, err, readFileSync(place.store, "utf8")]) expect(shown).not.toContain("refresh-token");
  });

  test("that is declined says so and keeps nothing", async () => {
    const { endpoint } = await startAuthority();
    await using _ = endpoint;
    const place = { endpoint, store: newStore() };
    const { code, err } = await login(flags(place), async (url) => {
      const page = new URL(url).searchParams;
      const error_description = "AADSTS65004: User declined to consent.";
      await comeBack(page, { error: "access_denied", error_description, state: page.get("state") ?? "" });
    });
    expect([code, err]).toEqual([1, expect.stringMatching(/access_denied: AADSTS65004.*administrator for consent/)]);
    expect(existsSync(place.store)).toBe(false);
  });
});

describe("login with a device code", () => {
  test("waits until somebody entered it", async () => {
    let polls = 0;
    const message = "open https://microsoft.com/devicelogin and enter ABC";
    const { endpoint } = await startAuthority(({ path, form }) => {
      if (path.includes("/devicecode")) {
        const codes = { device_code: "d3vice-code-is-secret", user_code: "ABC", verification_uri: "https://x.example" };
        return { body: { ...codes, expires_in: 900, interval: 1, message } };
      }
      if (form.get("device_code") !== "d3vice-code-is-secret") return undefined;
      polls += 1;
      if (polls === 1) return { status: 400, body: { error: "authorization_pending", error_description: "wait" } };
      return undefined;
    });
    await using _ = endpoint;
    const place = { endpoint, store: newStore() };
    const { code, out, err } = await runCommand(["login", "--device-code", ...flags(place)]);
    expect([code, err]).toEqual([0, `${message}\n`]);
    expect(out).toContain("signed in as ana@fabrikam.example");
    expect(polls).toBe(2);
  });

  test("tells why there is no code, and shows nothing else", async () => {
    const { endpoint } = await startAuthority(({ path }) =>
      path.includes("/devicecode") ? { body: { page: "of a proxy" } } : undefined,
    );
    await using _ = endpoint;
    const { code, err } = await runCommand(["login", "--device-code", ...flags({ endpoint, store: newStore() })]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^azure-devops-connector: .*device code has none; check --auth/),
    ]);
  });
});

describe("what is kept", () => {
  test("is used by --auth login, replaced by each newer token, told by --status and forgotten by logout", async () => {
    const { endpoint, pages } = await startAuthority();
    await using _ = endpoint;
    await using upstream = await startServer((__, response) => response.writeHead(401).end());
    const place = { endpoint, store: newStore() };
    await login(flags(place), async (url) => {
      const page = new URL(url).searchParams;
      pages.push(page);
      await comeBack(page, { code: "c0de", state: page.get("state") ?? "" });
    });
    pages.splice(0);
    const sync = ["sync", "--organization-url", `${upstream.url}x`, "--auth", "login"];
    const ca = flags(place).slice(6, 8);
    for (const expected of ["refresh-token-number-0", "refresh-token-number-"]) {
      const { err } = await runCommand([...sync, ...ca, ...storeFlags(place.store)]);
      expect(err).toContain("status 401");
      expect(endpoint.requests.some(({ form }) => form.get("refresh_token")?.startsWith(expected))).toBe(true);
    }
    const used = endpoint.requests.flatMap(({ form }) => form.get("refresh_token") ?? []);
    expect(new Set(used).size).toBe(used.length);
    expect(upstream.requests[0]?.headers.authorization).toMatch(/^Bearer eyJ/);

    const status = await runCommand(["login", "--status", ...storeFlags(place.store)]);
    expect([status.code, status.out]).toEqual([0, expect.stringMatching(/^signed in as ana@fabrikam.example since /)]);
    expect(status.out).toContain("scopes user_impersonation, vso.profile, vso.graph\n");
    expect(status.out).toContain("opened by: passphrase");
    expect(status.out + status.err).not.toContain("refresh-token-number");

    const logout = await runCommand(["logout", ...storeFlags(place.store)]);
    expect([logout.code, existsSync(place.store)]).toEqual([0, false]);
    const gone = await runCommand(["login", "--status", ...storeFlags(place.store)]);
    expect([gone.code, gone.out]).toEqual([1, `nobody is signed in (${place.store})\n`]);
    const { code, err } = await runCommand([...sync, ...storeFlags(place.store)]);
    expect([code, err]).toEqual([1, expect.stringMatching(/nobody is signed in .*sign in with/)]);
  });
});

test("without a tenant and an application nobody is signed in", async () => {
  const { code, err } = await runCommand(["login", ...storeFlags(newStore())]);
  expect([code, err]).toEqual([2, expect.stringMatching(/login needs --azure-tenant-id .* and --azure-client-id/)]);
});
