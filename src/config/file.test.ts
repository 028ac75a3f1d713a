import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfigFile } from "./file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string | Uint8Array, mode = 0o600) {
  const path = join(folder, "connector.yaml");
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode });
  const { problems, ...file } = readConfigFile(path);
  return { ...file, problems: problems.map((problem) => problem.replace(path, "FILE")) };
}

describe("a configuration file", () => {
  test("is read with the line of each key", () => {
    const text =
      "# comment\n\nlisten: 127.0.0.1:1\nsync-teams: true\nnumber: 0x10\nlist: [a, 'b']\nblock:\n  - c\n  - 1\n";
    expect(read(text).entries).toEqual([
      { key: "listen", line: 3, text: "127.0.0.1:1", is: "text" },
      { key: "sync-teams", line: 4, text: "true", is: "true or false" },
      { key: "number", line: 5, text: "0x10", is: "number" },
      { key: "list", line: 6, text: "a,b", is: "list" },
      { key: "block", line: 7, text: "c,1", is: "list" },
    ]);
  });

  test("may be empty, begin with a mark, and have Windows' line ends", () => {
    for (const text of ["", "# nothing\n", "---\n", "\uFEFF"]) {
      expect(read(text)).toMatchObject({ entries: [], problems: [] });
    }
    expect(read("\uFEFFa: b\r\nc: d\r\n").entries).toMatchObject([
      { key: "a", text: "b" },
      { key: "c", line: 2, text: "d" },
    ]);
  });

  test.each([
    ["a: {b: c}", "map"],
    ["a:", "nothing"],
    ["a: ''", "nothing"],
    ["a: ~", "nothing"],
    ["a: [[b]]", "something else"],
    ["a: [b, {c: d}]", "something else"],
    ["a: ['b,c']", "something else"],
    ["b: &x 1\na: *x", "something else"],
  ])("tells that %j has no value of an option", (text, is) => {
    expect(read(text).entries.at(-1)).toMatchObject({ key: "a", text: undefined, is });
  });
});

describe("what is wrong is told with its line, and without the file's text:", () => {
  const secret = "s3cr3t-t0ken";
  test.each([
    [`a: 1\nb: 2\na: ${secret}`, "FILE:3: this option was given before"],
    [`a: 1\n\tpat: ${secret}`, "FILE:2: has a tab at its beginning"],
    [`a: 1\npat: !${secret} 5`, "FILE:2: has a tag"],
    [`a: 1\npat: "${secret}`, "FILE:2: is not valid YAML (MISSING_CHAR)"],
    [`a: 1\n---\npat: ${secret}`, "FILE:2: a second document begins here"],
    [`${secret}`, "FILE: must be lines of the form `option: value`"],
    [`- ${secret}`, "FILE: must be lines of the form `option: value`"],
    [`? [${secret}]\n: 1`, "FILE:1: a key must be the name of an option"],
  ])("%j", (text, problem) => {
    const { problems } = read(text);
    expect(problems[0]).toContain(problem);
    expect(problems.join()).not.toContain(secret);
  });
});

describe("what is no configuration file is refused before it costs anything:", () => {
  const bomb = `a: &a [${"x,".repeat(9)}x]\n${Array.from({ length: 9 }, (_, i) => {
    const [from, to] = ["abcdefghij"[i], "abcdefghij"[i + 1]];
    return `${to}: &${to} [${`*${from},`.repeat(9)}*${from}]`;
  }).join("\n")}`;

  test.each([
    ["a large one", "#".repeat(64 * 1024 + 1), "larger than 64 KiB"],
    ["brackets by the thousand", `a: ${"[".repeat(30_000)}${"]".repeat(30_000)}`, "far more structure"],
    ["lists in lists by the thousand", `a:\n ${"- ".repeat(30_000)}x`, "far more structure"],
    ["keys in keys by the thousand", `${"? ".repeat(30_000)}x`, "far more structure"],
  ])("%s", (_, text, problem) => {
    expect(read(text).problems).toEqual([expect.stringContaining(problem)]);
  });

  test("a list that multiplies itself stays a thing that no option takes", () => {
    const { entries, problems } = read(bomb);
    expect(problems).toEqual([]);
    expect(entries.slice(1).map(({ text }) => text)).toEqual(Array(9).fill(undefined));
  });

  test("bytes that are no text", () => {
    const { problems } = read(new Uint8Array([0, 255, 254, 1, 2]));
    expect(problems.length).toBeGreaterThan(0);
  });

  test("a folder, and a path that leads nowhere", () => {
    mkdirSync(join(folder, "sub"));
    expect(readConfigFile(join(folder, "sub")).problems[0]).toMatch(/cannot be read \(EISDIR\)/);
    expect(readConfigFile(join(folder, "absent")).problems[0]).toMatch(/absent: cannot be read \(ENOENT\); check/);
  });
});

test.skipIf(process.platform === "win32")("it is told whether others may read the file", () => {
  expect(read("a: b", 0o600).exposed).toBe(false);
  expect(read("a: b", 0o644).exposed).toBe(true);
});
