import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { contractVersion, version } from "../../src/version.ts";
import { runCommand } from "../support/command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const contract = new URL("../../../shared/contract/contract.json", import.meta.url);

describe("--version", () => {
  test("tells version, commit and contract", async () => {
    const commit = execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
    const { code, out } = await runCommand(["--version"]);
    expect(code).toBe(0);
    expect(out.trim()).toMatch(new RegExp(`^${version} \\(commit ${commit}(-dirty)?, contract ${contractVersion}\\)$`));
  });

  test.skipIf(!existsSync(contract))("tells the contract's own version", () => {
    expect(readFileSync(contract, "utf8").slice(0, 500)).toContain(`"version":"${contractVersion}"`);
  });
});

describe("capabilities", () => {
  test("need no credentials, and are those of the document", async () => {
    const { code, out, err } = await runCommand(["capabilities", "--format", "json"]);
    expect([code, err]).toEqual([0, ""]);
    const { resourceTypes, ...about } = JSON.parse(out);
    expect(about).toEqual({ version, commit: expect.stringMatching(/^[0-9a-f]{12}/), contract: contractVersion });
    expect({ resourceTypes }).toEqual(JSON.parse(readFileSync(`${root}docs/capabilities.json`, "utf8")));
  });

  test("are a table to read", async () => {
    const { out } = await runCommand(["capabilities"]);
    expect(out).toMatch(/^type +traits +entitlements +sync +provision\n/);
    expect(out).toMatch(/^team +group +admin, member +with --sync-teams +grant$/m);
    expect(out).toMatch(/^group +group +member +yes +grant, create, update, delete$/m);
    expect(out).toMatch(/^user +user +yes +add, delete$/m);
  });
});
