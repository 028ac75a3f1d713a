import { UnsecuredJWT } from "jose";
import { describe, expect, test } from "vitest";
import { bearerToken, personalAccessToken } from "../azure-devops/credential.ts";
import { Secret } from "../secret.ts";
import { checkCredential } from "./credential.ts";
import { checkDates, globalTokensEndMs } from "./dates.ts";

const { signal } = new AbortController();
const nowMs = Date.UTC(2026, 10, 22);
const resource = "499b84ac-1321-427f-aa17-267ca6975798";

function jwt({ audience = resource, minutes = 60, issuer = "https://sts.windows.net/t/" } = {}): Secret {
  const claims = new UnsecuredJWT({ tid: "t" }).setIssuer(issuer).setAudience(audience);
  return new Secret(claims.setExpirationTime(nowMs / 1000 + minutes * 60).encode());
}

const marked = new Secret(`${"a".repeat(76)}AZDO${"b".repeat(4)}`);
const unmarked = new Secret("abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst");

describe("a credential", () => {
  test.each([
    ["a token with the mark", personalAccessToken(marked), "ok", /a personal access token; it does not tell/],
    ["a token of the older form", personalAccessToken(unmarked), "ok", /older form/],
    ["any other text", personalAccessToken(new Secret("'quoted'")), "warning", /has not the form/],
    ["an access token as a personal one", personalAccessToken(jwt()), "warning", /given as a personal access token/],
    ["an access token", bearerToken(jwt()), "ok", /sts\.windows\.net.*valid until 2026-11-22T01:00/],
    ["one that ends soon", bearerToken(jwt({ minutes: 5 })), "warning", /valid until 2026-11-22T00:05/],
    ["one that ended", bearerToken(jwt({ minutes: -5 })), "failed", /expired at 2026-11-21T23:55.*obtain a new one/],
    ["one for something else", bearerToken(jwt({ audience: "graph" })), "warning", /made for graph and not for Azure/],
    ["a personal one as an access token", bearerToken(marked), "warning", /no JSON web token/],
  ] as const)("%s is told by its form and its end", async (_what, credential, outcome, detail) => {
    const finding = checkCredential(credential.kind, await credential.facts(signal), nowMs);
    expect(finding).toMatchObject({ outcome, detail: expect.stringMatching(detail) });
    if (outcome === "warning") expect(finding.remedy).toBeTruthy();
    expect(finding.error?.kind).toBe(outcome === "failed" ? "unauthenticated" : undefined);
  });
});

test.each([1e20, "abc", null, -1, {}])("claims of any form are no bug: exp %j", async (exp) => {
  const claims = Buffer.from(JSON.stringify({ exp, aud: [1, {}, resource], iss: { a: 1 } })).toString("base64url");
  const token = new Secret(`${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`);
  const facts = await bearerToken(token).facts(signal);
  expect(checkCredential("bearer-token", facts, nowMs)).toMatchObject({
    outcome: "ok",
    detail: "an access token of an unknown issuer, valid without an end",
  });
});

describe("known dates", () => {
  test("tokens for all organizations are warned of until they stop", async () => {
    const { kind, facts } = personalAccessToken(marked);
    const told = await facts(signal);
    expect(checkDates(kind, told, nowMs)).toMatchObject({
      outcome: "warning",
      detail: expect.stringMatching(/in 9 days/),
    });
    expect(checkDates(kind, told, globalTokensEndMs).outcome).toBe("ok");
    expect(checkDates("bearer-token", await bearerToken(jwt()).facts(signal), nowMs).outcome).toBe("ok");
  });

  test("tokens of the retiring sign-in are warned of", async () => {
    const { kind, facts } = bearerToken(jwt({ issuer: "app.vstoken.visualstudio.com" }));
    expect(checkDates(kind, await facts(signal), nowMs)).toMatchObject({
      outcome: "warning",
      remedy: expect.stringMatching(/Entra/),
    });
  });
});
