import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

/** The script ends with 1 where a grant or revoke of some kind is not answered as it has to be. */
test("every kind of entitlement is given and taken as the documents show it", { timeout: 120_000 }, async () => {
  const script = fileURLToPath(new URL("scripts/show-changes.ts", root));
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--short"]);
  expect(stdout.split("\n").length).toBeGreaterThan(20);
  const page = readFileSync(new URL("docs/changes-shown.md", root), "utf8");
  expect(page, "put what `npm run show:changes -- --short` prints into docs/changes-shown.md").toContain(stdout);
});
