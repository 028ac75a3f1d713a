import { Command, CommanderError, Option } from "commander";
import { connectorOptions, type OptionRow, serveOptions } from "../config/options.ts";
import { isConnectorError } from "../errors.ts";
import { version } from "../version.ts";
import { emulateOptions, outputOptions, serverOption } from "./options.ts";

/** What a command gets: its flags by option name, and the environment. */
export interface Invocation {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface CommandModule {
  /** Runs the command and gives its exit code. */
  run(invocation: Invocation): Promise<number>;
}

interface CommandRow {
  readonly name: string;
  readonly summary: string;
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
    name: "sync",
    summary: "read the whole organization once, in process or through a running server, and print it",
    options: [serverOption, ...connectorOptions, ...outputOptions],
    load: () => import("./sync.ts"),
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
];

/** Exit codes: 0 done, 1 failed, 2 misused, 130 interrupted. */
export async function run(args: readonly string[], env: Invocation["env"]): Promise<number> {
  let exitCode = 0;
  const program = new Command("azure-devops-connector")
    .description("Access connector for Azure DevOps: reads who can do what in an organization and serves it over gRPC.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)");
  for (const { name, summary, options, load } of commands) {
    const command = program
      .command(name)
      .description(summary)
      .exitOverride()
      .showHelpAfterError("(--help shows what there is)");
    for (const option of options) command.addOption(optionOf(option));
    command.action(async (_options, self: Command) => {
      const { run: runCommand } = await load();
      exitCode = await runCommand({ flags: flagsOf(self, options), env });
    });
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function optionOf({ name, kind, choices, help, env, repeatable, default: value }: OptionRow): Option {
  const shown = [help, value === undefined ? "" : `(default ${value})`, env[0] ? `[${env.join(", ")}]` : ""];
  const placeholder = kind === "flag" ? "" : ` <${kind === "address" ? "host:port" : kind}>`;
  const option = new Option(`--${name}${placeholder}`, shown.filter(Boolean).join(" "));
  if (repeatable) option.argParser((given, before?: string) => (before === undefined ? given : `${before}\n${given}`));
  return choices ? option.choices([...choices]) : option;
}

function flagsOf(command: Command, options: readonly OptionRow[]): Invocation["flags"] {
  const values: Record<string, string | boolean | undefined> = command.opts();
  const camel = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(options.map(({ name }) => [name, values[camel(name)]]));
}

function exitCodeOf(error: unknown): number {
  // commander has printed its message; help and version end with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
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
