import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command as people start it: a process of its own. */

export const bin = fileURLToPath(new URL("../../bin/azure-devops-connector.js", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Variables = Readonly<Record<string, string>>;

/** Runs the command to its end; nothing of the tests' own environment but the path gets in. */
export function runCommand(args: readonly string[], env: Variables = {}, cwd?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 64 * 1024 * 1024, cwd };
    execFile(process.execPath, [bin, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

/** A running `serve`. */
export interface Serving {
  readonly grpc: string;
  readonly operations: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  log(): string;
  /** Calls a method of `c1.connector.v2` by its JSON form. */
  post(method: string, request: object): Promise<{ readonly status: number; readonly text: string }>;
}

/** Starts `serve` on free ports and resolves when it says where it listens. */
export async function startServe(args: readonly string[], env: Variables = {}): Promise<Serving> {
  const ports = ["--listen", "--operations-listen"].filter((flag) => !args.includes(flag));
  const all = [...args, ...ports.flatMap((flag) => [flag, "127.0.0.1:0"])];
  const child = spawn(process.execPath, [bin, "serve", ...all], { env: { PATH: process.env.PATH, ...env } });
  let log = "";
  const serving = await new Promise<{ grpc: string; operations: string }>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      const line = log.split("\n").find((row) => row.includes('"msg":"serving"'));
      if (line) resolve(JSON.parse(line));
    });
    child.once("exit", () => reject(new Error(log)));
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return {
    ...serving,
    child,
    ended,
    log: () => log,
    async post(method, request) {
      const headers = { "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(request) };
      const answer = await fetch(`http://${serving.operations}/c1.connector.v2.${method}`, init);
      return { status: answer.status, text: await answer.text() };
    },
  };
}
