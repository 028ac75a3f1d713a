import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveOptions } from "../../src/config/options.ts";
import { runCommand, type Variables } from "../support/command.ts";

const canary = "c4nary-t0ken";
let folder = "";
let yaml = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-config-"));
  yaml = join(folder, "connector.yaml");
  writeFileSync(yaml, `organization-url: https://dev.azure.com/fabrikam\npat: ${canary}\nlog-level: debug\n`, {
    mode: 0o600,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const config = (args: readonly string[], env: Variables = {}) => runCommand(["config", ...args], env, folder);

describe("config", () => {
  test("says when nothing is missing", async () => {
    const { code, out, err } = await config(["--config", "connector.yaml"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("the configuration is complete");
  });

  test("tells all that is wrong at once, with code 2", async () => {
    const { code, out, err } = await config(["--organization-url", "http://dev.azure.com/x", "--listing", "all"], {
      AZURE_DEVOPS_CONNECTOR_LOG_LEVL: "debug",
      BATON_PROVISIONING: "perhaps",
      BATON_CLIENT_ID: "x",
    });
    expect([code, out]).toEqual([2, ""]);
    expect(err.trim().split("\n")).toEqual([
      expect.stringContaining("note: BATON_CLIENT_ID is not needed: "),
      expect.stringContaining("wrong: BATON_PROVISIONING must be one of off, standard, privileged"),
      expect.stringContaining("wrong: --listing must be one of"),
      expect.stringContaining(
        "wrong: AZURE_DEVOPS_CONNECTOR_LOG_LEVL is in the environment and is not an option; did you mean",
      ),
      expect.stringContaining("wrong: no credential"),
      expect.stringContaining(
        "wrong: the organization URL is not usable: http://dev.azure.com/x must begin with https://",
      ),
    ]);
  });

  test("--show tells each value and where it comes from, and no secret", async () => {
    const { code, out, err } = await config(["--show", "--config", yaml, "--sync-teams"], {
      BATON_LOG_LEVEL: "trace",
      AZURE_DEVOPS_CONNECTOR_PROXY: `http://me:${canary}@proxy.example:3128`,
      BATON_SYNC_GRANT_SOURCES: "true",
    });
    expect(code, err).toBe(0);
    expect(out + err).not.toContain(canary);
    for (const [option, value, source] of [
      ["organization-url", "https://dev.azure.com/fabrikam", `${yaml}:1`],
      ["pat", "\\[secret\\]", `${yaml}:2`],
      ["log-level", "trace", "BATON_LOG_LEVEL"],
      ["sync-teams", "true", "--sync-teams"],
      ["proxy", "http://\\[secret\\]@proxy.example:3128/", "AZURE_DEVOPS_CONNECTOR_PROXY"],
      ["listing", "type-scoped", "default"],
      ["sync-grant-sources", "true", "BATON_SYNC_GRANT_SOURCES +no effect: "],
    ]) {
      expect(out).toMatch(new RegExp(`^${option} +${value} +${source}`, "m"));
    }
    expect(out.trim().split("\n")).toHaveLength(serveOptions.length + 1);
  });

  test("--show says which credential is used, and has the others beside it", async () => {
    const { out } = await config(["--show", "--config", yaml], { AZURE_DEVOPS_CONNECTOR_PAT_FILE: yaml });
    expect(out).toMatch(/^pat +\[secret\] .* not used: pat-file is$/m);
  });

  test("is told as JSON too, wrong or right", async () => {
    const { code, out } = await config(["--format", "json", "--config", yaml, "--listing", "all"]);
    const { options, problems, notices } = JSON.parse(out);
    expect(code).toBe(2);
    expect(problems).toEqual([expect.stringContaining("--listing must be one of")]);
    expect(notices).toEqual([]);
    expect(options.map(({ name }: { name: string }) => name)).toEqual(serveOptions.map(({ name }) => name));
    expect(options).toContainEqual({ name: "pat", value: "[secret]", source: `${yaml}:2` });
    expect(options).toContainEqual({ name: "listing", value: "(wrong)", source: "--listing" });
    expect(out).not.toContain(canary);
  });
});

describe("colours", () => {
  const sequence = "\u001b[";

  test.each([
    [{}, false],
    [{ FORCE_COLOR: "1" }, true],
    [{ NO_COLOR: "1" }, false],
  ])("away from a terminal, with %j: %s", async (env: Variables, coloured) => {
    expect((await config(["--show"], env)).out.includes(sequence)).toBe(coloured);
  });
});
