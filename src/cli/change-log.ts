import { open } from "node:fs/promises";
import { misused } from "../config/misuse.ts";
import { checkChain } from "../provisioning/records.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";

/** Checks that no record of changes was altered, left out or put in. */
export async function run({ words }: Invocation): Promise<number> {
  const [path = ""] = words;
  const file = await open(path).catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw misused([`${path} cannot be read${code}; check the path and who may read it`]);
  });
  const counts = new Map<string, number>();
  try {
    const { end, problems } = await checkChain(file.readLines(), ({ action, outcome }) => {
      const key = `${action} ${outcome}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    for (const problem of problems) await print(`${problem}\n`);
    for (const [key, count] of [...counts].sort()) await print(`${key}: ${count}\n`);
    const verdict = problems.length === 0 ? "the chain is whole" : `${problems.length} things are wrong`;
    await print(`${end.sequence} records, the last with the hash ${end.hash || "of none"}: ${verdict}\n`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await file.close();
  }
}
