// Writes the parts of the documentation that follow from the code; `--check` only says which of them are stale.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commands } from "../src/cli/program.ts";
import { patEnvironment, serveOptions } from "../src/config/options.ts";
import { faultKinds } from "../src/emulator/index.ts";
import { createHandlers } from "../src/resources/index.ts";

const root = new URL("../", import.meta.url);
const handlers = createHandlers({ syncTeams: true, syncOrganizations: true });
const optional: Readonly<Record<string, string>> = {
  team: "`--sync-teams`",
  organization: "`--sync-organizations`",
};

/** Every generated file, whole, by its path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/configuration.md", configuration()],
    ["docs/capabilities.json", capabilities()],
    ["docs/emulator.md", withParts("docs/emulator.md", { "fault kinds": faultTable() })],
    ["README.md", withParts("README.md", { "resource types": resourceTypes(), commands: commandTable() })],
  ]);
}

function configuration(): string {
  const rows = serveOptions.map(({ name, env, kind, choices, default: value, help }) => [
    `\`--${name}\``,
    env.map((variable) => `\`${variable}\``).join("<br>"),
    choices ? choices.map((choice) => `\`${choice}\``).join(", ") : kind,
    value === undefined ? "" : `\`${value}\``,
    help,
  ]);
  return `# Configuration

Generated from the table in \`src/config/options.ts\` by \`npm run docs\`.

A flag wins over the environment, the environment over the default. \`true\` and \`false\` are written out in the
environment. The token itself can be in ${patEnvironment.map((name) => `\`${name}\``).join(", ")}; there is no flag for
it, since others on the machine can read a command line.

${table(["Flag", "Environment", "Value", "Default", "What it does"], rows)}
`;
}

/** A change of what the connector can do shows up here in review. */
function capabilities(): string {
  const types = handlers.map(({ type, entitlements }) => ({
    id: type.id,
    traits: type.traits,
    option: optional[type.id]?.replaceAll("`", "") ?? null,
    entitlements: entitlements.map(({ slug, purpose, grantableTo }) => ({
      slug,
      purpose,
      grantableTo,
      provisioning: false,
    })),
  }));
  return `${JSON.stringify({ resourceTypes: types }, null, 2)}\n`;
}

function resourceTypes(): string {
  const rows = handlers.map(({ type, entitlements }) => [
    `\`${type.id}\``,
    type.description,
    entitlements.map(({ slug }) => `\`${slug}\``).join(", "),
    optional[type.id] ?? "always",
  ]);
  return table(["Type", "What it is", "Entitlements", "Listed"], rows);
}

function commandTable(): string {
  return table(
    ["Command", "What it does"],
    commands.map(({ name, summary }) => [`\`azure-devops-connector ${name}\``, summary]),
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

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
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
