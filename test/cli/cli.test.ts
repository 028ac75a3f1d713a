import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands, exitCodes } from "../../src/cli/program.ts";
import { runCommand, type Variables } from "../support/command.ts";
import { useEmulatedFolder } from "../support/emulated-folder.ts";

/** The command as people start it: a process of its own. */

const world = useEmulatedFolder("cli", { users: 50, groups: 10, projects: 3, teamsPerProject: 2 });
const { emulator, folder } = world;

const run = (args: readonly string[], env: Variables = {}) => runCommand(args, env, folder);

const organization = () => [...world.organization(), "--sync-teams"];
const serve = (args: readonly string[] = []) => world.serve(["--sync-teams", ...args]);

describe("the demo", () => {
  test("syncs an organization, tells what it found and ends with code 0", async () => {
    const { code, out, err } = await run(["demo", "--users", "40", "--projects", "2", "--groups", "5"]);
    expect(code, err).toBe(0);
    for (const text of [
      "upstream requests",
      "grpcurl",
      "curl",
      "The groups that reach most people",
      "unknown-identity",
    ]) {
      expect(out).toContain(text);
    }
    expect(out).toMatch(/user\s+40\s+0\s+0/);
    expect(out).toMatch(
      /Who can force-push to .*\(git\.force_push, T1\).*allow to .*\n +\d+ hold it; [^\n]*matches explain\n/s,
    );
    expect(err).toMatch(/resources, \d+ entitlements, \d+ grants, \d+ upstream requests/);
  });
});

describe("sync", () => {
  test("tells the same in process and through a server, in every format", async () => {
    const { grpc, child } = await serve();
    const inProcess = await run(["sync", ...organization(), "--format", "ndjson"]);
    const throughServer = await run(["sync", "--server", grpc, "--format", "ndjson"]);
    const json = await run(["sync", "--server", grpc, "--format", "json"]);
    const table = await run(["sync", "--server", grpc]);
    child.kill();
    expect(inProcess.code, inProcess.err).toBe(0);
    const rows = inProcess.out.trim().split("\n").sort();
    expect(throughServer.out.trim().split("\n").sort()).toEqual(rows);
    const document: Record<string, unknown[]> = JSON.parse(json.out);
    expect(Object.keys(document)).toEqual(["resourceTypes", "resources", "entitlements", "grants"]);
    expect(Object.values(document).flat()).toHaveLength(rows.length);
    expect(table.out).toMatch(
      new RegExp(
        `total\\s+${document.resources?.length}\\s+${document.entitlements?.length}\\s+${document.grants?.length}`,
      ),
    );
  });

  test("writes a file whole, or leaves nothing behind", async () => {
    const good = join(folder, "good.json");
    expect((await run(["sync", ...organization(), "--format", "json", "--out", good])).code).toBe(0);
    expect(JSON.parse(readFileSync(good, "utf8")).resources.length).toBeGreaterThan(50);

    const bad = await run(["sync", "--server", "127.0.0.1:1", "--out", join(folder, "bad.json")]);
    expect(bad.code).toBe(1);
    expect(bad.err).toContain("is a connector serving on 127.0.0.1:1?");
    expect(readdirSync(folder).filter((name) => name.includes("bad") || name.includes("partial"))).toEqual([]);
  });

  test("takes the token from the environment, and a token of only the least scopes is enough", async () => {
    const { code, out, err } = await run(["sync", "--organization-url", emulator().url], {
      AZURE_DEVOPS_EXT_PAT: emulator().syncOnlyToken,
    });
    expect(code, err).toBe(0);
    expect(out).toMatch(/user\s+50\s/);
    expect(err).toContain("Identity (Read)");
    expect(err).not.toContain(emulator().syncOnlyToken);
  });
});

describe("serve", () => {
  test("serves health, readiness, metrics and the services by JSON, and ends with code 0 on SIGTERM", async () => {
    const { operations, child, ended, log } = await serve();
    const get = async (path: string) => (await fetch(`http://${operations}${path}`)).status;
    expect(await get("/healthz")).toBe(200);
    expect(await get("/readyz")).toBe(200);
    expect(await get("/nothing")).toBe(404);
    const answer = await fetch(`http://${operations}/c1.connector.v2.ResourceTypesService/ListResourceTypes`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const { list }: { list: { id: string }[] } = JSON.parse(await answer.text());
    expect(list.map(({ id }) => id)).toContain("team");
    expect(await (await fetch(`http://${operations}/metrics`)).text()).toContain(
      'connector_calls_total{method="c1.connector.v2.ResourceTypesService/ListResourceTypes",code="0"} 1',
    );
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    const line = log()
      .split("\n")
      .find((row) => row.includes("ListResourceTypes"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      code: 0,
      durationMs: expect.any(Number),
      upstreamRequests: 0,
      requestId: expect.any(String),
    });
    expect(log()).not.toContain(emulator().token);
  });

  test("refuses to listen off loopback without TLS, and says what to do", async () => {
    const { code, err } = await run([
      "serve",
      ...organization(),
      "--listen",
      "0.0.0.0:0",
      "--operations-listen",
      "127.0.0.1:0",
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/refusing to listen on 0\.0\.0\.0:0 without TLS; use a loopback address/);
  });

  test("names a port that is in use and the option to change it", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, "127.0.0.1", () => {
        const address = holder.address();
        resolve(typeof address === "object" && address ? address.port : 0);
      }),
    );
    const { code, err } = await run([
      "serve",
      ...organization(),
      "--listen",
      `127.0.0.1:${port}`,
      "--operations-listen",
      "127.0.0.1:0",
    ]);
    holder.close();
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*--listen`));
  });

  test("lists per resource where asked to", async () => {
    const { operations } = await serve(["--listing", "per-resource", "--log-level", "info"]);
    const post = async (method: string, body: object) => {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      return (await fetch(`http://${operations}/c1.connector.v2.${method}`, init)).json();
    };
    expect(await post("EntitlementsService/ListStaticEntitlements", { resourceTypeId: "group" })).toEqual({});
    expect(JSON.stringify(await post("ConnectorService/GetMetadata", {}))).toContain("CAPABILITY_TARGETED_SYNC");
  });
});

describe("misuse", () => {
  test.each([
    { args: ["serv"], says: "unknown command" },
    { args: ["serve", "--listne", "x"], says: "--listen" },
    { args: ["serve", "--listing", "all"], says: "type-scoped, per-resource" },
    { args: ["sync", "--format", "cvs"], says: "did you mean csv?" },
    { args: ["emulate", "--preset", "smal"], says: "did you mean small?" },
    { args: ["serve", "--config", "absent.yaml"], says: "absent.yaml: cannot be read (ENOENT)" },
    { args: ["completion", "tcsh"], says: "bash, zsh, fish" },
    { args: [], says: "Usage:" },
    { args: ["serve"], says: "--organization-url" },
    { args: ["serve", "--organization-url", "http://dev.azure.com/x"], says: "no credential" },
    { args: ["sync", "--server", "nowhere"], says: "HOST:PORT" },
    { args: ["emulate", "--users", "many"], says: "--users must be a whole number" },
  ])("$args ends with code 2 and says what is wrong", async ({ args, says }) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  const secret = "q7w4e2r5t6y3u7i2o4p5a6s3d7f2g4h5j6k3l7z2x4c5v6b3n7m2";
  test.each([
    { args: ["sync", `--pat=${secret}`], says: "unknown option '--pat'" },
    { args: ["sync", "--tokn=it's short"], says: "unknown option '--tokn'" },
    { args: ["sync", secret], says: "too many arguments for 'sync'. Expected 0 arguments but got 1" },
    { args: ["completion", secret], says: "Allowed choices are bash, zsh, fish" },
    { args: ["sync", "--log-level", secret], says: "must be one of trace, debug" },
    { args: ["sync", "--pat-file", secret], says: "--pat-file: [secret] cannot be read (ENOENT)" },
    { args: [secret], says: "unknown command '[secret]'" },
  ])("a secret in the wrong place is not repeated: $says", async ({ args, says }) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).not.toContain(secret);
    expect(err).not.toContain("short");
  });

  test("every command tells its options", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    for (const { name } of commands) {
      expect(out).toContain(name);
      expect((await run([name, "--help"])).out).toMatch(/Options:[\s\S]*--/);
    }
    for (const [code, meaning] of exitCodes) expect(out).toMatch(new RegExp(`\\b${code}\\b.*${meaning}`));
  });
});
