import { readFileSync } from "node:fs";
import { withoutTokens } from "../redaction.ts";
import type { OptionRow } from "./row.ts";
import type { Settings } from "./settings.ts";

/** Something that is wrong with the configuration: told with all else that is. */
export class Wrong extends Error {}

/** The option as it was given, so that the wrong place is the one to look at. */
export function nameOf(settings: Settings, option: OptionRow): string {
  const { kind, name } = settings.of(option).source;
  return kind === "file" ? `${name}: ${option.name}` : kind === "environment" ? name : `--${option.name}`;
}

/** The text of the file that an option names. */
export function readText(settings: Settings, option: OptionRow, file: string): string {
  const name = nameOf(settings, option);
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new Wrong(`${name}: ${withoutTokens(file)} cannot be read${code}; check the path and who may read it`);
  }
  if (text === "") throw new Wrong(`${name}: ${withoutTokens(file)} is empty`);
  return text;
}
