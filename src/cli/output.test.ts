import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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

test("a file in the place of a folder, and a folder in that of the file, are told with the remedy", async () => {
  writeFileSync(join(folder, "taken"), "");
  const inFile = openOutput(join(folder, "taken", "out"));
  const told = await failureFrom(inFile.open());
  expect([told.kind, told.message]).toEqual(["invalid-request", expect.stringMatching(/ENOTDIR\); a file stands/)]);
  await inFile.discard();
  const onFolder = await failureFrom(openOutput(folder).open());
  expect([onFolder.kind, onFolder.message]).toEqual([
    "invalid-request",
    expect.stringMatching(/EISDIR\); .*name a file/),
  ]);
});

async function writeTo(file: string, text: string): Promise<void> {
  const output = openOutput(file);
  await output.open();
  await output.write(text);
  await output.commit();
}

test("a link stays one, and what it names is written, be it there already or not", async () => {
  writeFileSync(join(folder, "old"), "old");
  symlinkSync("old", join(folder, "link"));
  symlinkSync("new", join(folder, "dangling"));
  await writeTo(join(folder, "link"), "text");
  await writeTo(join(folder, "dangling"), "text");
  expect(["link", "dangling"].map((name) => lstatSync(join(folder, name)).isSymbolicLink())).toEqual([true, true]);
  expect(["old", "new"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(["text", "text"]);
  expect(readdirSync(folder).sort()).toEqual(["dangling", "link", "new", "old"]);
});

test("a pipe is written to, and stays one", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  // Opened for both, so that it has a reader from the first.
  const reader = spawn("bash", ["-c", 'exec 3<>"$1"; echo ready >&2; head -c 4 <&3', "bash", pipe]);
  await once(reader.stderr, "data");
  let read = "";
  reader.stdout.on("data", (chunk: Buffer) => {
    read += chunk.toString();
  });
  const ended = new Promise((resolve) => reader.once("close", resolve));
  await writeTo(pipe, "text");
  await ended;
  expect([read, lstatSync(pipe).isFIFO(), readdirSync(folder)]).toEqual(["text", true, ["pipe"]]);
});

test("a pipe that nobody reads is told, and not waited for", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const told = await failureFrom(openOutput(pipe).open());
  expect([told.kind, told.message]).toEqual(["invalid-request", expect.stringMatching(/ENXIO\); nobody reads it/)]);
});

test("a file that is there keeps its mode, and a new one is its owner's alone", async () => {
  const file = join(folder, "shared");
  writeFileSync(file, "old");
  chmodSync(file, 0o664);
  await writeTo(file, "text");
  await writeTo(join(folder, "new"), "text");
  expect(["shared", "new"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o664, 0o600]);
});

test("what another process left beside the file is neither in the way nor removed", async () => {
  const other = `out.${process.pid}.partial`;
  writeFileSync(join(folder, other), "somebody else's");
  await writeTo(join(folder, "out"), "text");
  const discarded = openOutput(join(folder, "out"));
  await discarded.open();
  await discarded.discard();
  await openOutput(join(folder, "out")).discard();
  expect(readdirSync(folder).sort()).toEqual(["out", other].sort());
});

test("what cannot be put into place fails, and leaves nothing behind", async () => {
  const output = openOutput(join(folder, "taken"));
  await output.open();
  await output.write("some");
  mkdirSync(join(folder, "taken", "by-a-folder"), { recursive: true });
  expect((await failureFrom(output.commit())).message).toMatch(/--out: .* cannot be written \(E/);
  await output.discard();
  expect(readdirSync(folder)).toEqual(["taken"]);
});
