import { ConnectorError } from "../errors.ts";
import { type ConfigFile, type FileEntry, readConfigFile, unknownKey } from "./file.ts";
import { configFileOption, type OptionRow, serveOptions } from "./options.ts";
import { retiredKey, retiredSettings } from "./retired.ts";
import { ownPrefix, type Value } from "./row.ts";
import { suggestion } from "./suggest.ts";
import { parseValue } from "./values.ts";

/** Flags as they were given, by option name. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value comes from; the higher `rank` wins. */
export interface Source {
  readonly kind: "flag" | "environment" | "file" | "default" | "unset";
  /** The flag, the environment name, or the file and line. */
  readonly name: string;
  readonly rank: number;
}

export interface Setting {
  readonly option: OptionRow;
  readonly value: Value | undefined;
  readonly text: string | undefined;
  readonly source: Source;
  /** What is given cannot be used, and the default stands in. */
  readonly wrong?: boolean;
}

/** Every option's value, as flags, environment and configuration file give it, and all that is wrong with them. */
export interface Settings {
  of(option: OptionRow): Setting;
  /** Undefined when nothing is set and there is no default. */
  text(option: OptionRow): string | undefined;
  flag(option: OptionRow): boolean;
  /** A number, or a duration in milliseconds; the option has a default. */
  amount(option: OptionRow): number;
  list(option: OptionRow): readonly string[];
  choice<T extends string>(option: OptionRow, choices: readonly T[]): T;
  readonly problems: readonly string[];
  /** What is not wrong and worth knowing. */
  readonly notices: readonly string[];
}

const ranks = { flag: 3, environment: 2, file: 1, default: 0, unset: 0 } as const;
const sourceOf = (kind: Source["kind"], name: string): Source => ({ kind, name, rank: ranks[kind] });

/** Reads every option: a flag wins over the environment, the environment over the file, the file over the default. */
export function loadSettings(flags: Flags, env: Environment, options = serveOptions): Settings {
  const problems: string[] = [];
  const find = (option: OptionRow, file?: ConfigFile): Setting => {
    const { text, source } = findText(option, flags, env, file);
    if (text === undefined || typeof text === "boolean") return { option, value: text, text: text?.toString(), source };
    const parsed = parseValue(option, text);
    if ("value" in parsed) return { option, value: parsed.value, text, source };
    const name = source.kind === "file" ? `${source.name}: ${option.name}` : source.name;
    problems.push(`${name} ${parsed.reason}`);
    // A value of the right kind stands in, so that everything else can be looked at too.
    return { option, value: defaultOf(option), text: option.default, source, wrong: true };
  };
  const path = find(configFileOption).text;
  const file = path === undefined ? undefined : readConfigFile(path);
  const settings = new Map(options.map((option) => [option, find(option, file)]));
  problems.push(...(file?.problems ?? []), ...keyProblems(file, options), ...environmentProblems(env, options));
  return { ...accessors(settings), problems, notices: noticesOf(env, file, options, [...settings.values()]) };
}

function findText(
  option: OptionRow,
  flags: Flags,
  env: Environment,
  file: ConfigFile | undefined,
): { readonly text: string | boolean | undefined; readonly source: Source } {
  const flag = option.noFlag ? undefined : flags[option.name];
  if (flag !== undefined) return { text: flag, source: sourceOf("flag", `--${option.name}`) };
  const name = option.env.find((each) => isSet(env[each]));
  if (name !== undefined) return { text: env[name], source: sourceOf("environment", name) };
  const entry = file?.entries.find(({ key }) => keysOf(option).includes(key));
  if (file && entry?.text !== undefined && isOfKind(option, entry)) {
    return { text: entry.text, source: sourceOf("file", `${file.path}:${entry.line}`) };
  }
  if (option.default === undefined) return { text: undefined, source: sourceOf("unset", "not set") };
  return { text: option.default, source: sourceOf("default", "default") };
}

/** What is set to nothing is not set: that is how a variable is taken out of a container's environment. */
const isSet = (text: string | undefined): boolean => text !== undefined && text.trim() !== "";

const keysOf = ({ name, fileKeys = [] }: OptionRow): readonly string[] => [name, ...fileKeys];

/** Words have to be words in the file: what YAML takes for a number or a truth value has lost its spelling. */
function isOfKind({ kind }: OptionRow, { is }: FileEntry): boolean {
  if (is === "list") return kind === "list";
  if (is === "number") return kind !== "text" && kind !== "file";
  if (is === "true or false") return kind === "flag" || kind === "choice";
  return is === "text";
}

function keyProblems(file: ConfigFile | undefined, options: readonly OptionRow[]): string[] {
  if (!file) return [];
  const known = options.filter((option) => option !== configFileOption);
  const retired = Object.keys(retiredSettings).map(retiredKey);
  const names = known.map(({ name }) => name);
  return file.entries.flatMap((entry, index) => {
    const where = `${file.path}:${entry.line}: ${entry.key}`;
    if (entry.key === configFileOption.name) return [`${where} cannot be in the file that it names`];
    const option = known.find((each) => keysOf(each).includes(entry.key));
    if (!option) return retired.includes(entry.key) ? [] : [unknownKey(file.path, entry, names)];
    const earlier = file.entries.slice(0, index).find(({ key }) => keysOf(option).includes(key));
    if (earlier) return [`${where} says the same as ${earlier.key} in line ${earlier.line}; keep one of the two`];
    if (entry.text !== undefined && isOfKind(option, entry)) return [];
    const quotes = option.kind === "text" || option.kind === "file" ? "; put it in quotes" : "";
    return [
      entry.is === "nothing"
        ? `${where} has no value; give it one or take the line out`
        : `${where} must be ${kindNames[option.kind]}, not ${entry.is}${quotes}`,
    ];
  });
}

const kindNames: Record<OptionRow["kind"], string> = {
  text: "text",
  file: "the path of a file",
  flag: "true or false",
  address: "HOST:PORT",
  choice: "one of its choices",
  number: "a number",
  percent: "a percentage such as 50%",
  duration: "a duration such as 30s",
  list: "a list of texts",
};

/** Kubernetes tells every container the addresses of services; one may be called like this connector. */
const fromKubernetes = /^AZURE_DEVOPS_CONNECTOR_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/;

function environmentProblems(env: Environment, options: readonly OptionRow[]): string[] {
  const known = options.flatMap((option) => option.env.filter((name) => name.startsWith(ownPrefix)));
  return Object.keys(env)
    .filter((name) => name.startsWith(ownPrefix) && isSet(env[name]))
    .filter((name) => !known.includes(name) && !fromKubernetes.test(name))
    .map((name) => `${name} is in the environment and is not an option${suggestion(name, known)}`);
}

function noticesOf(
  env: Environment,
  file: ConfigFile | undefined,
  options: readonly OptionRow[],
  settings: readonly Setting[],
): string[] {
  const known = options.flatMap((option) => option.env);
  const baton = Object.keys(env).filter((name) => name.startsWith("BATON_") && isSet(env[name]));
  const entries = file?.entries ?? [];
  return [
    ...Object.entries(retiredSettings).flatMap(([name, reason]) => [
      ...(isSet(env[name]) ? [`${name} is not needed: ${reason}`] : []),
      ...entries
        .filter(({ key }) => key === retiredKey(name))
        .map(({ key, line }) => `${file?.path}:${line}: ${key} is not needed: ${reason}`),
    ]),
    ...baton
      .filter((name) => !known.includes(name) && !(name in retiredSettings))
      .map((name) => `${name} is not read by this connector${suggestion(name, known)}`),
    ...settings
      .filter(({ option, source }) => option.noEffect && source.rank > 0)
      .map(({ option, source }) => `${source.name}: ${option.name} has no effect: ${option.noEffect}`),
    ...(file?.exposed && settings.some(({ option, source }) => option.secret && source.kind === "file")
      ? [`${file.path} holds a secret and others may read it; protect it with: chmod 600 ${file.path}`]
      : []),
  ];
}

function defaultOf(option: OptionRow): Value | undefined {
  const parsed = option.default === undefined ? undefined : parseValue(option, option.default);
  return parsed && "value" in parsed ? parsed.value : undefined;
}

function accessors(settings: ReadonlyMap<OptionRow, Setting>): Omit<Settings, "problems" | "notices"> {
  const of = (option: OptionRow): Setting => {
    const setting = settings.get(option);
    if (setting) return setting;
    throw new ConnectorError("bug", `--${option.name} is not in the table of options`);
  };
  const wrongKind = (option: OptionRow) => new ConnectorError("bug", `--${option.name} is read as another kind`);
  return {
    of,
    text(option) {
      const { value } = of(option);
      if (value === undefined || typeof value === "string") return value;
      throw wrongKind(option);
    },
    flag(option) {
      const { value } = of(option);
      if (typeof value === "boolean") return value;
      throw wrongKind(option);
    },
    amount(option) {
      const { value } = of(option);
      if (typeof value === "number") return value;
      throw wrongKind(option);
    },
    list(option) {
      const { value = [] } = of(option);
      if (typeof value === "object") return value;
      throw wrongKind(option);
    },
    choice(option, choices) {
      const { value } = of(option);
      const choice = choices.find((each) => each === value);
      if (choice !== undefined) return choice;
      throw wrongKind(option);
    },
  };
}
