// Writes the parts of the documentation that follow from the code; `--check` only says which of them are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commands, exitCodes } from "../src/cli/program.ts";
import { faultKinds } from "../src/emulator/index.ts";
import { capabilitiesJson, resourceTypes } from "./docs/capabilities.ts";
import { configuration } from "./docs/configuration.ts";
import { errorDocument } from "./docs/errors.ts";
import { table } from "./docs/markdown.ts";
import { permissionTable } from "./docs/permission-table.ts";
import { permissions, rightsTable } from "./docs/permissions.ts";

const root = new URL("../", import.meta.url);

/** Every generated file, whole, by its path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const readme = {
    "resource types": resourceTypes(),
    commands: commandTable(),
    "exit codes": table(
      ["Code", "Meaning"],
      exitCodes.map(([code, meaning]) => [String(code), meaning]),
    ),
    rights: rightsTable(),
  };
  return new Map([
    ["docs/configuration.md", configuration()],
    ["docs/capabilities.json", capabilitiesJson()],
    ["docs/errors.md", errorDocument()],
    ["docs/permissions.md", permissions()],
    ["docs/permission-table.md", permissionTable()],
    ["docs/emulator.md", withParts("docs/emulator.md", { "fault kinds": faultTable() })],
    ["README.md", withParts("README.md", readme)],
  ]);
}

function commandTable(): string {
  return table(
    ["Command", "What it does"],
    commands.map(({ name, summary, words = [] }) => [
      `\`${["azure-devops-connector", name, ...words.map((word) => word.choices?.join("\\|") ?? word.name)].join(" ")}\``,
      summary,
    ]),
  );
}

function faultTable(): string {
  const rows = faultKinds.map(({ kind, summary, parameters, lossless, lasting }) => [
    `\`${kind}\``,
    summary,
    parameters.map(({ name, help }) => `\`${name}\`: ${help}`).join("<br>"),
    [...(lossless ? ["lossless"] : []), ...(lasting ? ["lasting"] : [])].join(", "),
  ]);
  return table(["Kind", "What the client meets", "Parameters", ""], rows);
}

/** Fills what is between `<!-- generated: name -->` and `<!-- end -->`. */
function withParts(path: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((result, [name, part]) => {
    const pattern = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!pattern.test(result)) throw new Error(`${path} has no place for the generated part "${name}"`);
    return result.replace(pattern, (_, begin: string, end: string) => `${begin}${part}\n${end}`);
  }, read(path));
}

function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

/** Paths of generated files that are not as the code says. */
export function staleFiles(): string[] {
  return [...generatedFiles()].filter(([path, text]) => !isCurrent(path, text)).map(([path]) => path);
}

function isCurrent(path: string, text: string): boolean {
  try {
    return read(path) === text;
  } catch {
    return false; // A file that is not there is stale too.
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = staleFiles();
  if (process.argv.includes("--check")) {
    for (const path of stale) console.error(`stale: ${path}; run: npm run docs`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const [path, text] of generatedFiles()) writeFileSync(new URL(path, root), text);
  }
}
