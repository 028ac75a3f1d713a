import { parseOrganizationUrl } from "../azure-devops/organization-url.ts";
import { unusedCredentialOption } from "../config/credential.ts";
import { readConnectorConfig } from "../config/load.ts";
import { organizationUrlOption, serveOptions } from "../config/options.ts";
import { serverProblems } from "../config/server.ts";
import { loadSettings, type Setting, type Settings } from "../config/settings.ts";
import { shownValue } from "../config/show.ts";
import { isConnectorError } from "../errors.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";
import { dim, textTable } from "./table.ts";

/** Tells whether the configuration is complete; `--show` tells every option with the source of its value. */
export async function run({ flags, env }: Invocation): Promise<number> {
  const settings = loadSettings(flags, env);
  const problems = problemsOf(settings);
  const rows = serveOptions.map((option) => rowOf(settings.of(option), settings));
  if (flags.format === "json") {
    await print(`${JSON.stringify({ options: rows, problems, notices: settings.notices }, null, 2)}\n`);
    return problems.length > 0 ? 2 : 0;
  }
  if (flags.show) {
    const cells = rows.map(({ name, value, source, note = "" }) => [name, value, source, note && dim(note)]);
    await print(`${textTable([["option", "value", "from", ""], ...cells])}\n`);
  }
  for (const notice of settings.notices) process.stderr.write(`note: ${notice}\n`);
  for (const problem of problems) process.stderr.write(`wrong: ${problem}\n`);
  if (problems.length > 0) return 2;
  if (!flags.show) await print("the configuration is complete; `validate` tries it on the organization\n");
  return 0;
}

interface Row {
  readonly name: string;
  readonly value: string;
  readonly source: string;
  readonly note?: string;
}

function rowOf(setting: Setting, settings: Settings): Row {
  const { option, source } = setting;
  const note = noteOf(setting, settings);
  return { name: option.name, value: shownValue(setting), source: source.name, ...(note ? { note } : {}) };
}

function noteOf({ option }: Setting, settings: Settings): string | undefined {
  if (option.noEffect) return `no effect: ${option.noEffect}`;
  return unusedCredentialOption(settings, option);
}

/** Everything that keeps the connector from starting, as far as it shows without a connection. */
function problemsOf(settings: Settings): string[] {
  const problems = [...readConnectorConfig(settings).problems, ...serverProblems(settings)];
  const url = settings.text(organizationUrlOption);
  if (!url) return problems;
  try {
    parseOrganizationUrl(url);
    return problems;
  } catch (error) {
    if (!isConnectorError(error, "invalid-request")) throw error;
    return [...problems, error.message];
  }
}
