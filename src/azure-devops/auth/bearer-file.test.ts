import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../../secret.ts";
import { bearerTokenFile } from "./bearer-file.ts";

const { signal } = new AbortController();
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-bearer-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function setUp() {
  const file = join(folder, "token");
  writeFileSync(file, "first-of-the-tokens\n");
  const clock = { nowMs: 0 };
  const token = new Secret("first-of-the-tokens");
  return { file, clock, credential: bearerTokenFile({ file, token, now: () => clock.nowMs }) };
}

test("a token in a file is read again after a while, and both are taken out of what others say", async () => {
  const { file, clock, credential } = setUp();
  writeFileSync(file, "second-of-the-tokens");
  expect(await credential.authorization(signal)).toBe("Bearer first-of-the-tokens");
  clock.nowMs += 5_000;
  expect(await credential.authorization(signal)).toBe("Bearer second-of-the-tokens");
  expect(credential.redact("first-of-the-tokens, second-of-the-tokens")).toBe("[secret], [secret]");
});

test("a refused one is looked for at once; the same one again is none", async () => {
  const { file, credential } = setUp();
  const refused = await credential.authorization(signal);
  expect(await credential.renew(refused, signal)).toBeUndefined();
  writeFileSync(file, "second-of-the-tokens");
  expect(await credential.renew(refused, signal)).toBe("Bearer second-of-the-tokens");
});

test.each([
  ["gone", (file: string) => rmSync(file)],
  ["empty", (file: string) => writeFileSync(file, "")],
  ["half a page", (file: string) => writeFileSync(file, "a\nb")],
])("while the file is %s, the token from before stays in use", async (_, spoil) => {
  const { file, clock, credential } = setUp();
  spoil(file);
  clock.nowMs += 5_000;
  expect(await credential.authorization(signal)).toBe("Bearer first-of-the-tokens");
});

test("it is for Azure DevOps alone", () => {
  expect(setUp().credential.forResource).toBeUndefined();
});
