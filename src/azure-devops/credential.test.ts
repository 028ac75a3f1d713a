import { format, inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { bearerToken, personalAccessToken } from "./credential.ts";

const token = "t0k3n-of-someone";
const { signal } = new AbortController();
const credentials = { personalAccessToken, bearerToken };

test("a personal access token is sent as Basic with an empty user name", async () => {
  const value = await personalAccessToken(new Secret(token)).authorization(signal);
  expect(value).toBe(`Basic ${Buffer.from(`:${token}`).toString("base64")}`);
});

test("a bearer token is sent as it is", async () => {
  expect(await bearerToken(new Secret(token)).authorization(signal)).toBe(`Bearer ${token}`);
});

describe.each(Object.entries(credentials))("%s", (_name, make) => {
  test("shows its kind and never its token, however it is printed", () => {
    const credential = make(new Secret(token));
    const printed = [
      inspect(credential, { showHidden: true, depth: 9 }),
      inspect({ options: [credential] }, { showHidden: true, depth: 9 }),
      JSON.stringify(credential),
      String(credential),
      format("%o %j %s", credential, credential, credential),
    ].join("\n");
    expect(printed).toContain(credential.kind);
    expect(printed).not.toContain(token);
    expect(printed).not.toContain(Buffer.from(`:${token}`).toString("base64"));
  });
});
