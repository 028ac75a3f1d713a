/** What an option can hold; a duration's value is its milliseconds. */
export type Value = string | boolean | number | readonly string[];

/** One option: its flag, environment names, key in the configuration file, default and help all follow from this. */
export interface OptionRow {
  /** The key in the configuration file and, with `--` before it, the flag. */
  readonly name: string;
  /** The connector's own environment name, then those that users of other tools have already. */
  readonly env: readonly string[];
  readonly kind: "text" | "file" | "flag" | "address" | "choice" | "number" | "percent" | "duration" | "list";
  /** What a choice, or each item of a list, can be. */
  readonly choices?: readonly string[];
  /** Other words for a choice, as other tools spell it. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** Bounds of a number, a percentage, or of a duration in milliseconds; both are allowed values. */
  readonly min?: number;
  readonly max?: number;
  readonly default?: string;
  readonly help: string;
  /** The value itself must never be shown. */
  readonly secret?: boolean;
  /** The flag may be given more than once; the values then come as lines of one text. */
  readonly repeatable?: boolean;
  /** Without a flag: others on the machine can read a command line. */
  readonly noFlag?: boolean;
  /** Other keys in the configuration file. */
  readonly fileKeys?: readonly string[];
  /** Why it is accepted and changes nothing. */
  readonly noEffect?: string;
  /** What else cannot be right about a value; gives the reason. */
  readonly check?: (value: Value) => string | undefined;
}

export const ownPrefix = "AZURE_DEVOPS_CONNECTOR_";

/** A row with the connector's own environment name first. */
export function row(
  name: string,
  rest: Omit<OptionRow, "name" | "env"> & { readonly alsoEnv?: readonly string[] },
): OptionRow {
  const { alsoEnv = [], ...others } = rest;
  return { name, env: [`${ownPrefix}${name.toUpperCase().replaceAll("-", "_")}`, ...alsoEnv], ...others };
}
