import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { failureFrom } from "../../test/support/calls.ts";
import { openOutput } from "./output.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-output-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file is the old one until the whole is written", async () => {
  const file = join(folder, "out");
  writeFileSync(file, "old");
  const output = openOutput(file);
  await output.open();
  await output.write("new ");
  expect(readFileSync(file, "utf8")).toBe("old");
  await output.write("text");
  await output.commit();
  expect(readFileSync(file, "utf8")).toBe("new text");
  expect(readdirSync(folder)).toEqual(["out"]);
});

test("what is discarded leaves nothing behind", async () => {
  const output = openOutput(join(folder, "out"));
  await output.open();
  await output.write("some");
  await output.discard();
  expect(readdirSync(folder)).toEqual([]);
});

test("what cannot be written says so before anything is read, with the remedy", async () => {
  const absent = await failureFrom(openOutput(join(folder, "absent", "out")).open());
  expect([absent.kind, absent.message]).toEqual([
    "invalid-request",
    expect.stringMatching(/ENOENT.*its folder does not exist/),
  ]);
});

test("what cannot be put into place fails, and leaves nothing behind", async () => {
  const output = openOutput(join(folder, "taken"));
  mkdirSync(join(folder, "taken", "by-a-folder"), { recursive: true });
  await output.open();
  await output.write("some");
  expect((await failureFrom(output.commit())).message).toMatch(/--out: .* cannot be written \(E/);
  await output.discard();
  expect(readdirSync(folder)).toEqual(["taken"]);
});
