// Fails when gen/ is not what `npm run gen` would write now.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, withTemporaryDirectory } from "./run.mjs";

function filesBelow(directory) {
  if (!existsSync(directory)) return new Map();
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file.slice(directory.length + 1), readFileSync(file)]));
}

const stale = withTemporaryDirectory((directory) => {
  run("buf", ["generate", "-o", directory]);
  const wanted = filesBelow(join(directory, "gen"));
  const present = filesBelow(join(root, "gen"));
  const names = [...new Set([...wanted.keys(), ...present.keys()])].sort();
  return names.filter((name) => !wanted.get(name)?.equals(present.get(name) ?? Buffer.of(0)));
});

for (const name of stale) console.error(`stale: gen/${name}`);
if (stale.length > 0) {
  console.error("run: npm run gen");
  process.exitCode = 1;
}
