import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { retiredSettings } from "../../src/config/retired.ts";
import type { Flags } from "../../src/config/settings.ts";
import { logLevels } from "../../src/telemetry/log.ts";
import { runCommand, startServe, type Variables } from "../support/command.ts";
import { startServer } from "../support/http-server.ts";
import { configurationOf, type Way } from "./ways.ts";
import type { World } from "./world.ts";

/** Prints what Node, undici, grpc-js and the libraries of Entra tell of themselves. */
const talkative: Variables = {
  NODE_DEBUG: "undici,fetch,tls,net",
  GRPC_TRACE: "all",
  GRPC_VERBOSITY: "DEBUG",
  AZURE_LOG_LEVEL: "verbose",
};

const args = (flags: Flags) => Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** The command as people start it, with its secrets where they belong, and where they do not. */
export function describeProcesses(worldOf: () => World): void {
  async function command(line: readonly string[], env: Variables = {}): Promise<number> {
    const world = worldOf();
    world.runs += 1;
    const { code, out, err } = await runCommand(line, env, world.folder.path);
    // What was asked for stands in the process list and in the shell's history: not in what is written.
    const name = line.map((word) => (/^[\w.-]{1,18}$/.test(word) ? word : "…")).join(" ");
    world.search.text(`${name}: standard output`, out);
    world.search.text(`${name}: standard error`, err);
    return code;
  }
  const nothingFound = () => expect(worldOf().search.take()).toEqual([]);
  const configured = (ways: readonly Way[], more: Flags) => configurationOf(ways, worldOf().folder, more);
  const forSync = (index: number) =>
    worldOf()
      .waysFor(index)
      .filter(({ purpose }) => purpose === "credential" || purpose === "proxy");

  describe("the command", () => {
    test("config, with all secrets at once, shows none", async () => {
      // Settings of other connectors, which are not needed and named in a note.
      const secrets = Object.keys(retiredSettings).filter((name) => name.endsWith("SECRET"));
      const retired = Object.fromEntries(secrets.map((name) => [name, worldOf().unknownToken]));
      expect(secrets.length).toBeGreaterThan(0);
      for (let index = 0; index < 4; index += 1) {
        const { flags, env } = configured(worldOf().waysFor(index), { "organization-url": "https://dev.azure.com/x" });
        expect(await command(["config", "--show", ...args(flags)], { ...env, ...retired })).toBe(0);
        if (index % 2) expect(await command(["config", "--format", "json", ...args(flags)], env)).toBe(0);
      }
      nothingFound();
    });

    test("sync and validate, of an organization and of one that tells what it was sent", async () => {
      const world = worldOf();
      const { url } = await world.organization();
      await using hostile = await startServer(({ headers }, response) => {
        response.writeHead(400, { "content-type": "application/json", activityid: String(headers.authorization) });
        response.end(JSON.stringify({ message: JSON.stringify(headers) }));
      });
      const through = { "proxy-bypass": "none.example", "log-level": "trace" };
      const good = configured(forSync(1), { ...through, "organization-url": url });
      for (const format of ["table", "json", "ndjson", "csv"]) {
        expect(await command(["sync", "--format", format, ...args(good.flags)], good.env)).toBe(0);
      }
      expect(await command(["validate", "--format", "json", ...args(good.flags)], { ...good.env, ...talkative })).toBe(
        0,
      );
      const manifest = ["--manifest", join(world.folder.path, "manifest.json")];
      expect(await command(["sync", ...manifest, "--require-complete", ...args(good.flags)], good.env)).toBe(1);
      world.search.text("the manifest", readFileSync(join(world.folder.path, "manifest.json"), "utf8"));
      const asked = ["everyone", "organization", "collection.generic_write"];
      expect(await command(["explain", ...asked, ...args(good.flags)], good.env)).toBe(0);
      expect(await command(["validate", "--cross-check", "1", ...args(good.flags)], good.env)).toBeLessThan(2);
      const bad = configured(forSync(4), { ...through, "organization-url": `${hostile.url}x` });
      expect(await command(["sync", "--out", "organization.json", ...args(bad.flags)], bad.env)).toBe(1);
      expect(await command(["validate", ...args(bad.flags)], bad.env)).toBe(1);
      expect(await command(["explain", ...asked, ...args(bad.flags)], bad.env)).toBe(1);
      nothingFound();
    });

    test("serve, told to stop while it is asked, at the loudest and the quietest level", async () => {
      const world = worldOf();
      const { url } = await world.organization();
      for (const level of [logLevels[0], logLevels[2]]) {
        world.runs += 1;
        const ways = world.waysFor(world.runs);
        const { flags, env } = configured(ways, { "organization-url": url, "log-level": level });
        const serving = await startServe(args(flags), { ...env, ...(level === "trace" ? talkative : {}) });
        const { text } = await serving.post("ResourceTypesService/ListResourceTypes", {});
        serving.child.kill("SIGTERM");
        expect(await serving.ended).toBe(0);
        world.search.text("serve: answer", text);
        world.search.text(`serve at ${level}`, serving.log());
      }
      nothingFound();
    });

    test("demo, --help, --version and completion, with secrets in the environment", async () => {
      const env = Object.assign({}, ...worldOf().ways.map((way) => way.env));
      for (const line of [
        ["demo", "--users", "20"],
        ["--help"],
        ["serve", "--help"],
        ["--version"],
        ["completion", "zsh"],
      ]) {
        expect(await command(line, env)).toBe(0);
      }
      nothingFound();
    });

    test("a secret where something else belongs", async () => {
      const world = worldOf();
      const all = ["pat", "bearer-token-file", "auth-tokens-file"].map((option) => ({
        option,
        secret: world.ways.find((way) => way.option === option)?.secret ?? "",
      }));
      const options = ["organization-url", "log-level", "pat-file", "config", "listen", "proxy", "proxy-bypass"];
      const others = ["upstream-timeout", "max-concurrent-requests", "provisioning", "tls-key-file", "ca-file"];
      for (const { secret } of all) {
        // As many as go at once: each of them is told.
        const mistaken = [...options, ...others].flatMap((option) => [`--${option}`, secret]);
        expect(await command(["config", "--show", ...mistaken])).toBe(2);
        expect(await command(["serve", ...mistaken])).toBe(2);
      }
      const [{ secret } = { secret: "" }] = all;
      const lines = [
        ["sync", `--pat=${secret}`],
        ["sync", "--pat", secret],
        ["sync", secret],
        [secret],
        [`-p${secret}`],
        ["completion", secret],
        ["sync", "--format", secret],
        ["sync", "--manifest", secret, "--organization-url", secret],
        ["explain", secret, secret, secret, "--branch", secret],
        ["validate", "--cross-check", secret],
        ["emulate", "--users", secret],
      ];
      for (const line of lines) expect(await command(line), line.join(" ").slice(0, 15)).not.toBe(0);
      for (const url of [
        `https://me:${secret}@dev.azure.com/x`,
        `https://dev.azure.com/?token=${secret}`,
        `ftp://${secret}/x`,
      ]) {
        const pat = world.folder.write("some token", "x".repeat(52));
        for (const name of ["config --show", "validate"]) {
          const line = [...name.split(" "), "--organization-url", url, "--pat-file", pat];
          expect(await command(line), name).not.toBe(0);
        }
      }
      const yaml = world.folder.write(
        "wrong.yaml",
        `pat: [${secret}]\npat-file: {${secret}: 1}\n${secret}: 1\n!${secret} x: 1\n`,
      );
      expect(await command(["config", "--show", "--config", yaml])).toBe(2);
      nothingFound();
    });
  });
}
