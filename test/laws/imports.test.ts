import { describe, expect, test } from "vitest";
import { findCycle, type Import, importsOf, readSource, sourceFiles } from "./imports.ts";

/**
 * Who may import whom. A name is a folder of `src`, a file in it, or `gen`; what is not in a row is not allowed.
 * `types` may be imported as types only: they are gone at run time.
 */
interface Row {
  readonly may: readonly string[];
  readonly types?: readonly string[];
}

const leaves = ["errors.ts", "call.ts", "shared-load.ts", "secret.ts", "redaction.ts", "version.ts", "limits.ts"];
const inner = [
  "http",
  "azure-devops",
  "microsoft-graph",
  "permissions",
  "connector",
  "provisioning",
  "resources",
  "server",
  "config",
  "telemetry",
];

const table: Readonly<Record<string, Row>> = {
  "errors.ts": { may: [] },
  "redaction.ts": { may: [] },
  "secret.ts": { may: ["redaction.ts"] },
  "version.ts": { may: [] },
  "limits.ts": { may: [] },
  "call.ts": { may: ["errors.ts"], types: ["telemetry"] },
  "shared-load.ts": { may: ["errors.ts", "call.ts"] },
  telemetry: { may: [] },
  http: { may: [...leaves, "telemetry"] },
  "azure-devops": { may: [...leaves, "http"] },
  "microsoft-graph": { may: [...leaves, "http"], types: ["azure-devops"] },
  permissions: { may: [], types: ["azure-devops"] },
  connector: { may: [...leaves, "gen"] },
  resources: { may: [...leaves, "connector", "permissions", "azure-devops", "microsoft-graph"] },
  // How changes are made, whatever is changed; of permissions, the arithmetic of masks alone.
  provisioning: { may: [...leaves, "connector", "permissions/bits.ts"], types: ["telemetry"] },
  server: { may: [...leaves, "connector", "gen", "telemetry"] },
  // A fake that shares code with what it checks proves nothing.
  emulator: { may: [], types: ["azure-devops/types.ts"] },
  // The names of the log levels are a value, and live where they are used.
  config: {
    may: [...leaves, "telemetry/log.ts", "connector/changes.ts", "provisioning/caller-rights.ts"],
    types: ["telemetry", "provisioning", "azure-devops/auth/options.ts"],
  },
  validation: { may: [...leaves, ...inner, "gen"] },
  "app.ts": { may: [...leaves, ...inner, "gen", "validation"] },
  cli: { may: [...leaves, ...inner, "gen", "validation", "app.ts", "emulator"] },
  // The library.
  "index.ts": { may: [...leaves, ...inner, "app.ts"] },
  // The bin.
  "main.ts": { may: ["cli"] },
};

/** Packages that only some may use, `gen` apart, which has its place in the table. */
const packages: readonly { readonly name: RegExp; readonly in: readonly string[] }[] = [
  { name: /^@bufbuild\//, in: ["connector", "server", "app.ts", "cli"] },
  { name: /^@azure\//, in: ["azure-devops"] },
  { name: /^undici$/, in: ["http", "azure-devops", "microsoft-graph", "app.ts"] },
];

/** Files that know each other's types, and why; none may know each other at run time. */
const typeCycles: ReadonlySet<string> = new Set([
  // The program imports its commands when they are called, and tells them what they get.
  ...[
    "acknowledge",
    "capabilities",
    "change-log",
    "completion",
    "config",
    "demo",
    "emulate",
    "explain",
    "login",
    "logout",
    "serve",
    "sync",
    "validate",
  ].map((command) => `src/cli/${command}.ts -> src/cli/program.ts`),
]);

/** The row of a file: its folder in `src`, or itself. */
function rowOf(file: string): string {
  if (file.startsWith("gen/")) return "gen";
  const [, first = ""] = file.split("/");
  return first;
}

const covers = (allowed: string, file: string) =>
  rowOf(file) === allowed || file === `src/${allowed}` || file === allowed;

/** What an import breaks, in words; undefined when it is allowed. */
function breach({ from, to, typeOnly }: Import): string | undefined {
  const row = rowOf(from);
  const name = `${from} -> ${to}${typeOnly ? " (types)" : ""}`;
  if (!(row in table)) return `${from}: no row of the table is about it`;
  if (to.startsWith("src/") || to.startsWith("gen/")) {
    const { may = [], types = [] } = table[row] ?? {};
    const allowed = [row, ...may, ...(typeOnly ? types : [])];
    return allowed.some((each) => covers(each, to)) ? undefined : name;
  }
  if (/^\.|^\/|\//.test(to) && !/^(@|node:)/.test(to)) return `${name}: leads out of src and gen`;
  const limited = packages.find((each) => each.name.test(to));
  return limited && !limited.in.includes(row) ? name : undefined;
}

const imports = sourceFiles().flatMap((file) => importsOf(file, readSource(file)));
const breaches = (found: readonly Import[]) => found.map(breach).filter((each) => each !== undefined);
const nameOf = ({ from, to }: Import) => `${from} -> ${to}`;

describe("the imports of src", () => {
  test("are read at all", () => {
    expect(sourceFiles().length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.some(({ from, to }) => from === "src/main.ts" && to === "src/cli/program.ts")).toBe(true);
  });

  test("are those that the table allows", () => {
    expect(breaches(imports)).toEqual([]);
  });

  test("go round in no circle", () => {
    expect(findCycle(imports.filter((each) => !typeCycles.has(nameOf(each))))).toBeUndefined();
  });

  test("have no exception from that which is needed no more, or not of types", () => {
    for (const name of typeCycles) {
      const found = imports.filter((each) => nameOf(each) === name);
      expect([name, found.map(({ typeOnly }) => typeOnly)]).toEqual([name, [true]]);
    }
  });

  test("name files that are there, with their ending", () => {
    const files = new Set(sourceFiles());
    const lost = imports.filter(({ to }) => to.startsWith("src/") && !files.has(to));
    expect(lost.map(nameOf)).toEqual([]);
  });
});

describe("the law can fail:", () => {
  test.each([
    ["src/http/x.ts", 'import { connect } from "../azure-devops/connection.ts";'],
    ["src/http/x.ts", 'import type { Connection } from "../azure-devops/connection.ts";'],
    ["src/errors.ts", 'import { sleep } from "./call.ts";'],
    ["src/call.ts", 'import { createLog } from "./telemetry/log.ts";'],
    ["src/permissions/x.ts", 'import { kindOf } from "../azure-devops/descriptors.ts";'],
    ["src/connector/x.ts", 'export { createRegistry } from "../server/start.ts";'],
    ["src/connector/x.ts", 'export * from "../resources/index.ts";'],
    ["src/server/x.ts", 'const { createHandlers } = await import("../resources/index.ts");'],
    ["src/server/x.ts", 'let found: import("../azure-devops/types.ts").Identity;'],
    ["src/emulator/x.ts", 'import { kindOf } from "../azure-devops/descriptors.ts";'],
    ["src/emulator/x.ts", 'import { GraphUser } from "../azure-devops/types.ts";'],
    ["src/emulator/x.ts", 'import type { Connection } from "../azure-devops/connection.ts";'],
    ["src/emulator/x.ts", 'import { ConnectorError } from "../errors.ts";'],
    ["src/app.ts", 'import { startEmulator } from "./emulator/index.ts";'],
    ["src/resources/x.ts", 'import { create } from "@bufbuild/protobuf";'],
    ["src/resources/x.ts", 'import type { Grant } from "../../gen/c1/connector/v2/grant_pb.js";'],
    ["src/azure-devops/x.ts", 'import { anyPack } from "@bufbuild/protobuf/wkt";'],
    ["src/server/x.ts", 'import { Agent } from "undici";'],
    ["src/cli/x.ts", 'import { startWorld } from "../../test/support/world.ts";'],
    ["src/newcomer/x.ts", 'import { ConnectorError } from "../errors.ts";'],
  ])("%s with %s breaks it", (file, source) => {
    expect(breaches(importsOf(file, source))).toHaveLength(1);
  });

  test.each([
    ["src/emulator/x.ts", 'import type { GraphUser } from "../azure-devops/types.ts";'],
    ["src/permissions/x.ts", 'import { type Identity } from "../azure-devops/types.ts";'],
    ["src/call.ts", 'import type { Log } from "./telemetry/log.ts";'],
    ["src/server/x.ts", 'import { create } from "@bufbuild/protobuf";\nimport fs from "node:fs";'],
  ])("%s with %s does not", (file, source) => {
    expect(breaches(importsOf(file, source))).toEqual([]);
  });

  test("a circle of three files is found, by types too", () => {
    const link = (from: string, to: string): Import => ({ from, to, typeOnly: from === "b" });
    expect(findCycle([link("x", "a"), link("a", "b"), link("b", "c"), link("c", "a")])).toEqual(["a", "b", "c", "a"]);
    expect(findCycle([link("x", "a"), link("a", "b"), link("x", "b"), link("b", "c")])).toBeUndefined();
  });

  test("an import that cannot be told before it runs is refused", () => {
    expect(() => importsOf("src/cli/x.ts", "const it = await import(name);")).toThrow("cannot be told");
  });
});
