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
  /** Numbers of records of what was begun, and of which none tells what came of it. */
  const begun = new Set<unknown>();
  try {
    const { end, problems } = await checkChain(file.readLines(), ({ sequence, action, outcome, closes }) => {
      const key = `${action} ${outcome}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (outcome === "begun") begun.add(sequence);
      begun.delete(closes);
    });
    for (const problem of problems) await print(`${problem}\n`);
    for (const [key, count] of [...counts].sort()) await print(`${key}: ${count}\n`);
    if (begun.size > 0) await print(`begun and not ended (yet): records ${[...begun].join(", ")}\n`);
    const verdict = problems.length === 0 ? "the chain is whole" : `${problems.length} things are wrong`;
    await print(`${end.sequence} records, the last with the hash ${end.hash || "of none"}: ${verdict}\n`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await file.close();
  }
}
