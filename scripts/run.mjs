// What the check scripts share: running a tool of this project, and a directory that goes away.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a tool from the project's root, with its own tools first on the path, and ends when it fails. */
export function run(command, args) {
  const path = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args[0]} failed`);
}

/** Calls `use` with a new directory and removes it afterwards. */
export function withTemporaryDirectory(use) {
  const directory = mkdtempSync(join(tmpdir(), "azure-devops-connector-"));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
