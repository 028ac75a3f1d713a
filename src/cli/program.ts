import { Argument, Command, CommanderError, Option } from "commander";
import { misused } from "../config/misuse.ts";
import { connectorOptions, loginOptions, type OptionRow, serveOptions } from "../config/options.ts";
import type { Environment, Flags } from "../config/settings.ts";
import { parseValue } from "../config/values.ts";
import { isConnectorError } from "../errors.ts";
import { withoutTokens } from "../redaction.ts";
import { commit, contractVersion, version } from "../version.ts";
import {
  branchOption,
  crossCheckOption,
  documentFormatOption,
  emulateOptions,
  outputOptions,
  runningServerOptions,
  serverClientOptions,
  showOption,
  signInOptions,
} from "./options.ts";
import { ReaderLeft } from "./output.ts";

/** What a command gets: its flags by option name, and the environment. */
export interface Invocation {
  readonly flags: Flags;
  readonly env: Environment;
  /** What stands after the command's name, where it takes anything. */
  readonly words: readonly string[];
  readonly commands: readonly CommandRow[];
}

interface CommandModule {
  /** Runs the command and gives its exit code. */
  run(invocation: Invocation): Promise<number>;
}

export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly words?: readonly { readonly name: string; readonly help: string; readonly choices?: readonly string[] }[];
  readonly options: readonly OptionRow[];
  /** Loaded when the command is used: `--help` must not wait for a server's code. */
  readonly load: () => Promise<CommandModule>;
}

export const commands: readonly CommandRow[] = [
  {
    name: "serve",
    summary: "serve the connector over gRPC until SIGTERM or SIGINT",
    options: serveOptions,
    load: () => import("./serve.ts"),
  },
  {
    name: "validate",
    summary: "try the configuration on the organization, check by check, each with its remedy",
    options: [crossCheckOption, ...connectorOptions, documentFormatOption],
    load: () => import("./validate.ts"),
  },
  {
    name: "sync",
    summary: "read the whole organization once, in process or through a running server, and print it",
    options: [...serverClientOptions, ...connectorOptions, ...outputOptions],
    load: () => import("./sync.ts"),
  },
  {
    name: "explain",
    summary: "say who holds a permission and through what, or why somebody does not",
    words: [
      { name: "who", help: "a sign-in name, mail address, name or id; everyone for all who hold it" },
      { name: "resource", help: "organization, PROJECT or PROJECT/REPOSITORY, by name or id" },
      { name: "action", help: "such as git.force_push; docs/permission-table.md has them all" },
    ],
    options: [branchOption, ...connectorOptions, documentFormatOption],
    load: () => import("./explain.ts"),
  },
  {
    name: "emulate",
    summary: "serve an Azure DevOps organization from memory, to try the connector without credentials",
    options: emulateOptions,
    load: () => import("./emulate.ts"),
  },
  {
    name: "demo",
    summary: "start an emulated organization and the connector, sync it and show what was found",
    options: [
      ...emulateOptions.filter(({ name }) => name !== "listen"),
      { name: "stay", env: [], kind: "flag", help: "stay up afterwards, on the default ports, to be explored" },
    ],
    load: () => import("./demo.ts"),
  },
  {
    name: "config",
    summary: "tell all that is wrong with the configuration; with --show, every value and where it comes from",
    options: [showOption, ...serveOptions, documentFormatOption],
    load: () => import("./config.ts"),
  },
  {
    name: "acknowledge",
    summary: "tell a running connector that the revokes it refused to make more of were meant",
    options: runningServerOptions,
    load: () => import("./acknowledge.ts"),
  },
  {
    name: "change-log",
    summary: "check that no record in a file of --change-log was altered, left out or put in",
    words: [{ name: "file", help: "the file that --change-log named" }],
    options: [],
    load: () => import("./change-log.ts"),
  },
  {
    name: "login",
    summary: "sign in as a person, and keep that for --auth login; with --status, say who is signed in",
    options: [...signInOptions, ...loginOptions],
    load: () => import("./login.ts"),
  },
  {
    name: "logout",
    summary: "forget who signed in, on this machine",
    options: loginOptions,
    load: () => import("./logout.ts"),
  },
  {
    name: "capabilities",
    summary: "tell what can be read and changed, type by type; needs no credentials",
    options: [documentFormatOption],
    load: () => import("./capabilities.ts"),
  },
  {
    name: "completion",
    summary: "print the completion script of a shell, to be loaded when it starts",
    words: [{ name: "shell", help: "the shell that is to complete", choices: ["bash", "zsh", "fish"] }],
    options: [],
    load: () => import("./completion.ts"),
  },
];

export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, "done"],
  [1, "failed, or a bug; the message says which"],
  [2, "misused: the command line or the configuration is wrong"],
  [130, "interrupted, by Ctrl-C or a signal to stop, before it was done"],
];

/** Runs a command line and gives its exit code. */
export async function run(args: readonly string[], env: Environment): Promise<number> {
  // Whoever prints a result is told by the write's callback; without a listener, a reader of the output that left
  // (`--help | head`) would end the process with a stack.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  let exitCode = 0;
  const program = new Command("azure-devops-connector")
    .description("Access connector for Azure DevOps: reads who can do what in an organization and serves it over gRPC.")
    .option("-V, --version", "print the version, its git commit and the version of the contract")
    .on("option:version", printVersion)
    .addHelpText("after", helpNotes())
    .exitOverride()
    .configureOutput({ outputError })
    .showHelpAfterError("(--help shows what there is)");
  for (const row of commands) {
    const command = commandOf(row);
    command.action(async () => {
      const flags = flagsOf(command, row.options);
      checkFlags(flags, row.options);
      const { run: runCommand } = await row.load();
      exitCode = await runCommand({ flags, env, words: command.args, commands });
    });
    program.addCommand(command);
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function commandOf({ name, summary, words = [], options }: CommandRow): Command {
  const command = new Command(name)
    .description(summary)
    .exitOverride()
    .configureOutput({ outputError })
    .showHelpAfterError("(--help shows what there is)");
  for (const { name: word, help, choices } of words) {
    const argument = new Argument(`<${word}>`, help);
    command.addArgument(choices ? argument.choices([...choices]) : argument);
  }
  for (const option of options) for (const each of flagOptions(option)) command.addOption(each);
  return command;
}

/** commander repeats what it cannot use, and that can be a secret: of options the name is enough, of arguments the number. */
function outputError(text: string, write: (text: string) => void): void {
  const told = text.replace(/(unknown option '[^=]*)=.*'/s, "$1'").replace(/(but got \d+): .*/s, "$1\n");
  write(withoutTokens(told));
}

/** Asks git for the commit, so only when it is wanted. */
function printVersion(): never {
  process.stdout.write(`${version} (commit ${commit()}, contract ${contractVersion})\n`);
  throw new CommanderError(0, "commander.version", version);
}

function helpNotes(): string {
  const codes = exitCodes.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join("\n");
  return `
Exit codes:
${codes}

A flag wins over the environment, the environment over the file that --config names, that over the default.
--no-NAME switches a flag off again.`;
}

/** The flag of an option, and the one that switches it off whatever the environment and the file say. */
function flagOptions({ name, kind, choices, help, env, default: value, repeatable, ...row }: OptionRow): Option[] {
  if (row.noFlag) return [];
  const shown = [
    help,
    choices ? `(${choices.join(", ")})` : "",
    row.noEffect ? "(no effect)" : "",
    value === undefined || kind === "flag" ? "" : `(default ${value})`,
    env[0] ? `[${env.join(", ")}]` : "",
  ];
  const placeholder = kind === "flag" ? "" : ` <${kind === "address" ? "host:port" : kind}>`;
  const option = new Option(`--${name}${placeholder}`, shown.filter(Boolean).join(" "));
  const separator = kind === "list" ? "," : repeatable ? "\n" : undefined;
  if (separator) option.argParser((given, before?: string) => [before, given].filter(Boolean).join(separator));
  return kind === "flag" ? [option, new Option(`--no-${name}`).hideHelp()] : [option];
}

/** Options that only the command line has; the others are looked at with the environment and the file. */
function checkFlags(flags: Flags, options: readonly OptionRow[]): void {
  const problems = options.flatMap((option) => {
    const text = flags[option.name];
    if (option.env.length > 0 || typeof text !== "string") return [];
    const parsed = parseValue(option, text);
    return "reason" in parsed ? [`--${option.name} ${parsed.reason}`] : [];
  });
  if (problems.length > 0) throw misused(problems);
}

function flagsOf(command: Command, options: readonly OptionRow[]): Flags {
  const values: Record<string, string | boolean | undefined> = command.opts();
  const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(options.map(({ name }) => [name, values[camel(name)]]));
}

function exitCodeOf(error: unknown): number {
  // commander has printed its message; help and version end with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ReaderLeft) return 0;
  if (isConnectorError(error)) {
    process.stderr.write(`azure-devops-connector: ${error.message}\n`);
    if (error.kind === "canceled") return 130;
    return error.kind === "invalid-request" ? 2 : 1;
  }
  process.stderr.write(
    `azure-devops-connector: this is a bug: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return 1;
}
