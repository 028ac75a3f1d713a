import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { bin, type Outcome } from "../support/command.ts";
import { type Relay, startRelay } from "../support/relay.ts";

/** Whatever ends a sync before its time: no half of a file stays, and nobody is shown a stack. */

let folder = "";
let emulator: Emulator;
let slow: Relay;
beforeAll(async () => {
  emulator = await startEmulator({ users: 30, groups: 8, projects: 2, teamsPerProject: 1 });
  slow = await startRelay(emulator.url, { holdMs: 60_000 });
});
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  folder = mkdtempSync(join(tmpdir(), "connector-interrupted-"));
  writeFileSync(join(folder, "pat"), emulator.token);
});
afterAll(async () => {
  await slow[Symbol.asyncDispose]();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const syncOf = (url: string, ...args: string[]) => ["sync", "--organization-url", url, "--pat-file", "pat", ...args];
const quote = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");
const files = () => readdirSync(folder).filter((name) => name !== "pat");

/** Runs a line of bash; `signal` is sent to the process once a file begins to be written. */
function runShell(line: string, begun?: (child: ReturnType<typeof spawn>) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn("bash", ["-c", line], { cwd: folder, env: { PATH: process.env.PATH } });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    const poll = setInterval(() => {
      if (!begun || files().length === 0) return;
      clearInterval(poll);
      // The file is there before the first request is out.
      setTimeout(() => begun(child), 300);
    }, 20);
    child.on("exit", (code) => {
      clearInterval(poll);
      resolve({ code: code ?? -1, out, err });
    });
  });
}

/** A Node that is too old to run the command itself, where there is one on the path. */
const oldNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((directory) => join(directory, "node"))
  .find((node) => /^v(1\d|20)\./.test(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout ?? ""));

/** One line of bash in a terminal of its own. */
const hasTerminal = spawnSync("script", ["--version"]).status === 0;
const inTerminal = (line: string) => `exec script -qec "${line.replaceAll('"', '\\"')}" /dev/null`;

const nodes = [
  { through: "the command", node: process.execPath },
  { through: "an older Node", node: oldNode },
];

describe.each(nodes)("through $through", ({ node = "" }) => {
  describe.skipIf(node === "")("(skipped where there is none on the path)", () => {
    const command = (...args: string[]) => quote([node, bin, ...syncOf(slow.url, ...args)]);

    test.each(["SIGINT", "SIGTERM"] as const)(
      "%s ends a sync with code 130, and leaves nothing behind",
      async (signal) => {
        const { code, out, err } = await runShell(`exec ${command("--out", "all.json")}`, (child) =>
          child.kill(signal),
        );
        expect([code, out, files()]).toEqual([130, "", []]);
        expect(err).toContain("interrupted");
        expect(err).not.toMatch(/bug|at .*:\d+:\d+/);
      },
    );

    test.skipIf(!hasTerminal)("Ctrl-C on a terminal does too", async () => {
      const terminal = inTerminal(command("--out", "all.json"));
      const { code, out } = await runShell(terminal, (child) => child.stdin?.write("\u0003"));
      expect([code, files()]).toEqual([130, []]);
      expect(out).toContain("interrupted");
      expect(out).not.toContain("bug");
    });
  });
});

describe.skipIf(!hasTerminal || !oldNode)("Ctrl-C on a terminal, through an older Node", () => {
  test("reaches serve once: running calls may end, and a second one ends it at once", async () => {
    const ports = ["--listen", "127.0.0.1:0", "--operations-listen", "127.0.0.1:0"];
    const args = ["serve", "--organization-url", slow.url, "--pat-file", "pat", ...ports];
    const child = spawn("bash", ["-c", inTerminal(quote([oldNode ?? "", bin, ...args]))], { cwd: folder });
    const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    const says = (text: string) => expect.poll(() => out, { timeout: 30_000 }).toContain(text);

    await says('"msg":"serving"');
    const { operations } = JSON.parse(out.split("\n").find((line) => line.includes("serving")) ?? "{}");
    const before = slow.requests;
    const method = `http://${operations}/c1.connector.v2.ConnectorService/Validate`;
    const headers = { "content-type": "application/json" };
    const call = fetch(method, { method: "POST", headers, body: "{}" }).catch(() => "cut off");
    await expect.poll(() => slow.requests, { timeout: 30_000 }).toBeGreaterThan(before);
    child.stdin.write("\u0003");
    await says("stopping: running calls may end");
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000, "runs"))])).toBe("runs");
    child.stdin.write("\u0003");
    expect([await ended, await call]).toEqual([130, "cut off"]);
  });
});

describe("a reader that has seen enough", () => {
  test.each(["ndjson", "csv", "json", "table"])("ends a sync in %s without a word, and with code 0", async (format) => {
    const command = quote([process.execPath, bin, ...syncOf(emulator.url, "--format", format)]);
    const { code, out, err } = await runShell(`set -o pipefail; ${command} | head -1`);
    expect([code, out.split("\n").length]).toEqual([0, 2]);
    expect(err).not.toMatch(/EPIPE|bug|azure-devops-connector:/);
  });

  test.each(["--help", "capabilities", "config --show", "completion bash"])("ends %s too", async (args) => {
    const { err } = await runShell(`${quote([process.execPath, bin])} ${args} | true`);
    expect(err).not.toMatch(/EPIPE|bug|at .*:\d+:\d+/);
  });
});

describe("where there is no room", () => {
  const command = (...args: string[]) => quote([process.execPath, bin, ...syncOf(emulator.url, ...args)]);

  test.each(["json", "ndjson", "csv"])("a file in %s is not written at all", async (format) => {
    writeFileSync(join(folder, "all"), "old");
    // Blocks of 1,024 bytes.
    const { code, err } = await runShell(`ulimit -f 2; exec ${command("--format", format, "--out", "all")}`);
    expect(code, err).toBe(1);
    expect(err).toMatch(/--out: all cannot be written \(EFBIG\); the file would be larger than is allowed/);
    expect(err).not.toContain("bug");
    expect(files()).toEqual(["all"]);
    expect(execFileSync("cat", [join(folder, "all")], { encoding: "utf8" })).toBe("old");
  });

  test.skipIf(process.platform !== "linux")("standard output says so", async () => {
    const { code, err } = await runShell(`exec ${command("--format", "ndjson")} > /dev/full`);
    expect(code).toBe(1);
    expect(err).toMatch(/standard output cannot be written \(ENOSPC\); the disk is full/);
  });

  test("a place that cannot be written is told before anything is read", async () => {
    const { code, err } = await runShell(`exec ${command("--out", join(dirname(folder), "absent", "x"))}`);
    expect(code).toBe(2);
    expect(err).toMatch(/ENOENT.*its folder does not exist/);
  });
});
