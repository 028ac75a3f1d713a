import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { silentLog } from "../telemetry/log.ts";
import { openRecordFile } from "./record-file.ts";
import type { ChangeRecord } from "./records.ts";

const folder = mkdtempSync(join(tmpdir(), "connector-record-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const record: ChangeRecord = { action: "grant", outcome: "performed", caller: "a", requestId: "r" };
const open = (path: string) => openRecordFile(path, silentLog, () => undefined);
const lines = (path: string) => readFileSync(path, "utf8").split("\n");
const moduleUrl = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

async function fileWith(name: string, records: number): Promise<string> {
  const path = join(folder, name);
  const keeper = await open(path);
  for (let at = 0; at < records; at += 1) await keeper.keep(record);
  await keeper.close();
  return path;
}

test("a line that was cut while it was written is taken out, and the chain goes on", async () => {
  const path = await fileWith("cut", 2);
  const whole = readFileSync(path, "utf8");
  appendFileSync(path, '{"sequence":3,"at":"2026-');
  const keeper = await open(path);
  expect(readFileSync(path, "utf8")).toBe(whole);
  expect((await keeper.keep(record))?.sequence).toBe(3);
  await keeper.close();
  await (await open(path)).close();
});

test("a line that lacks nothing but its end is kept", async () => {
  const path = await fileWith("endless", 2);
  const whole = readFileSync(path, "utf8");
  truncateSync(path, whole.length - 1);
  await (await open(path)).close();
  expect(readFileSync(path, "utf8")).toBe(whole);
});

test("what was cut before the last line is no accident", async () => {
  const path = await fileWith("altered", 3);
  const [first = "", second = "", third = ""] = lines(path);
  writeFileSync(path, `${first}\n${second.slice(0, 20)}\n${third}\n`);
  await expect(open(path)).rejects.toThrow(/line 2 is no record/);
});

test("a file belongs to one at a time, and to nobody once it is closed", async () => {
  const path = join(folder, "shared");
  const keeper = await open(path);
  await expect(open(path)).rejects.toThrow(/in use by another process.*give each its own file/);
  await keeper.keep(record);
  await keeper.close();
  await (await open(path)).close();
});

test("a process that is killed leaves the file to the next", async () => {
  const path = await fileWith("killed", 1);
  const script = `const { openRecordFile } = await import(${moduleUrl("record-file.ts")});
    const log = { info() {}, warn() {}, error() {} };
    globalThis.held = await openRecordFile(${JSON.stringify(path)}, log, () => undefined);
    console.log("held");
    setInterval(() => globalThis.held, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  await expect(open(path)).rejects.toThrow(/in use/);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  await (await open(path)).close();
});

test("a record that finds no room is said not to be kept, and leaves nothing of it behind", async () => {
  const path = join(folder, "full");
  const script = `const { openRecordFile } = await import(${moduleUrl("record-file.ts")});
    const log = { info() {}, warn() {}, error() {} };
    const keeper = await openRecordFile(${JSON.stringify(path)}, log, () => undefined);
    const kept = [];
    for (let at = 0; at < 9; at += 1) kept.push(await keeper.keep(${JSON.stringify(record)}));
    let refusal = "";
    try { keeper.ready(); } catch (error) { refusal = error.message; }
    console.log(JSON.stringify({ kept: kept.filter(Boolean).length, refusal }));`;
  const limited = `ulimit -f 1; exec "$0" --input-type=module -e "$1"`;
  const run = promisify(execFile);
  const { stdout } = await run("bash", ["-c", limited, process.execPath, script], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  const { kept, refusal } = JSON.parse(stdout);
  expect([kept > 0, kept < 9]).toEqual([true, true]);
  expect(refusal).toMatch(/cannot be recorded/);
  expect(lines(path)).toHaveLength(kept + 1);
  expect(lines(path).at(-1)).toBe("");
  await (await open(path)).close();
});
