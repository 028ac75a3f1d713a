import { spawn } from "node:child_process";
import { bin, type Outcome } from "./command.ts";

/** Runs `login` and gives the address that it shows, or what else `pattern` finds, to `visit` as it comes. */
export async function login(
  args: readonly string[],
  visit: (shown: string) => Promise<unknown>,
  pattern = /^ {2}(https:\S+)\n/m,
): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, "login", ...args], { env: { PATH: process.env.PATH } });
  let [out, err, visited] = ["", "", false];
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  const visits: Promise<unknown>[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
    const shown = pattern.exec(err)?.[1];
    if (!shown || visited) return;
    visited = true;
    visits.push(visit(shown));
  });
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? -1)));
  await Promise.all(visits);
  return { code, out, err };
}
