import type { OptionRow } from "../config/options.ts";
import { print } from "./output.ts";
import type { CommandRow, Invocation } from "./program.ts";

/** Prints what a shell has to load to complete commands, flags, choices and file names. */
export async function run({ words: [shell = ""], commands }: Invocation): Promise<number> {
  const script = scripts[shell];
  await print(`${script?.(commands.map(describe)) ?? ""}`);
  return 0;
}

const program = "azure-devops-connector";

interface Completion {
  readonly name: string;
  readonly summary: string;
  /** What can stand after the command's name. */
  readonly words: readonly string[];
  readonly flags: readonly Flag[];
}

interface Flag {
  readonly name: string;
  readonly help: string;
  readonly value: "none" | "file" | "text" | readonly string[];
}

function describe({ name, summary, words = [], options }: CommandRow): Completion {
  const flags = options.filter(({ noFlag }) => !noFlag).flatMap((option) => flagsOf(option));
  return {
    name,
    summary,
    words: words.flatMap(({ choices = [] }) => choices),
    flags: [...flags, { name: "help", help: "show what there is", value: "none" }],
  };
}

function flagsOf({ name, help, kind, choices }: OptionRow): readonly Flag[] {
  if (kind !== "flag") return [{ name, help, value: choices ?? (kind === "file" ? "file" : "text") }];
  return [
    { name, help, value: "none" },
    { name: `no-${name}`, help: `do not: ${help}`, value: "none" },
  ];
}

const scripts: Readonly<Record<string, (commands: readonly Completion[]) => string>> = { bash, zsh, fish };

/** For bash 3.2 and later, without its completion package. */
function bash(commands: readonly Completion[]): string {
  const cases = commands.map(({ name, words, flags }) => {
    const values = flags.flatMap((flag) => {
      if (flag.value === "none") return [];
      if (flag.value === "file") return [`        --${flag.name}) _azure_devops_connector_files; return ;;`];
      const offered = flag.value === "text" ? "" : flag.value.join(" ");
      return [`        --${flag.name}) COMPREPLY=($(compgen -W "${offered}" -- "$word")); return ;;`];
    });
    const offered = [...flags.map((flag) => `--${flag.name}`), ...words].join(" ");
    return `    ${name})
      case "$flag" in
${[...values, "        *) ;;"].join("\n")}
      esac
      COMPREPLY=($(compgen -W "${offered}" -- "$word"))
      ;;`;
  });
  return `# Completion of ${program} for bash. Load it with: source <(${program} completion bash)
_azure_devops_connector_files() {
  compopt -o filenames 2>/dev/null # Not in bash 3.
  COMPREPLY=()
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$word")
}

_azure_devops_connector() {
  local word="\${COMP_WORDS[COMP_CWORD]}" flag="\${COMP_WORDS[COMP_CWORD-1]}" command="" each
  COMPREPLY=()
  # \`--flag=value\` comes as three words.
  if [[ "$word" == "=" ]]; then word=""; elif [[ "$flag" == "=" ]]; then flag="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$each" in ${commands.map(({ name }) => name).join("|")}) command="$each"; break ;; esac
  done
  case "$command" in
${cases.join("\n")}
    *)
      COMPREPLY=($(compgen -W "${[...commands.map(({ name }) => name), "--help", "--version"].join(" ")}" -- "$word"))
      ;;
  esac
}
complete -F _azure_devops_connector ${program}
`;
}

function zsh(commands: readonly Completion[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
  const specOf = ({ name, help, value }: Flag) => {
    const argument =
      value === "none"
        ? ""
        : value === "file"
          ? ":file:_files"
          : value === "text"
            ? ":value: "
            : `:value:(${value.join(" ")})`;
    return quote(`--${name}${value === "none" ? "" : "="}[${escaped(help)}]${argument}`);
  };
  const cases = commands.map(({ name, words, flags }) => {
    const specs = [...flags.map(specOf), ...(words.length > 0 ? [quote(`1:argument:(${words.join(" ")})`)] : [])];
    return `    ${name})
      _arguments ${specs.join(" \\\n        ")}
      ;;`;
  });
  const names = commands.map(({ name, summary }) => `    ${quote(`${name}:${escaped(summary)}`)}`);
  return `#compdef ${program}
# Completion of ${program} for zsh. Put it into a folder of $fpath as _${program}, or load it with:
# source <(${program} completion zsh)
_azure_devops_connector() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments '--help[show what there is]' '--version[print the version]'
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
if [[ "$funcstack[1]" == "_${program}" ]]; then
  _azure_devops_connector "$@"
else
  compdef _azure_devops_connector ${program}
fi
`;
}

function fish(commands: readonly Completion[]): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const begin = `complete -c ${program}`;
  const lines = commands.flatMap(({ name, summary, words, flags }) => {
    const within = `-n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `${begin} -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
      ...words.map((word) => `${begin} ${within} -a ${word}`),
      ...flags.map((flag) => `${begin} ${within} -l ${flag.name}${fishValue(flag, quote)} -d ${quote(flag.help)}`),
    ];
  });
  return `# Completion of ${program} for fish. Load it with: ${program} completion fish | source
${begin} -f
${begin} -n __fish_use_subcommand -l help -d 'show what there is'
${begin} -n __fish_use_subcommand -l version -d 'print the version'
${lines.join("\n")}
`;
}

function fishValue({ value }: Flag, quote: (text: string) => string): string {
  if (value === "none") return "";
  if (value === "file") return " -r -F";
  return value === "text" ? " -x" : ` -x -a ${quote(value.join(" "))}`;
}
