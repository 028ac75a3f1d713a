// Prints the totals of a vitest run, read from its output, as `N passed, N failed` (and skipped, where any were).
import { readFileSync } from "node:fs";

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const text = readFileSync(process.argv[2], "utf8").replace(escapes, "");
const line = text.split("\n").findLast((row) => /^\s*Tests\s/.test(row)) ?? "";
const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
const skipped = count("skipped");
console.log(`${count("passed")} passed, ${count("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (count("passed") === 0) {
  console.error("no test ran");
  process.exitCode = 1;
}
