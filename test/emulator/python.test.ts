import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { descriptorOf, startEmulator, subjectAt } from "../../src/emulator/index.ts";

const run = promisify(execFile);
const script = join(import.meta.dirname, "python_client.py");

/** A virtual environment with the azure-devops package; none where Python or the package cannot be had. */
async function createEnvironment(folder: string): Promise<string | undefined> {
  const python = join(folder, "bin/python");
  try {
    await run("python3", ["-m", "venv", folder]);
    await run(python, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--retries",
      "1",
      "--timeout",
      "15",
      "--disable-pip-version-check",
      "azure-devops==7.1.0b4",
    ]);
    return python;
  } catch (error) {
    console.warn(`the azure-devops package for Python cannot be had here: ${String(error).slice(0, 200)}`);
    return undefined;
  }
}

let emulator: Emulator;
let folder: string;
let python: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator-python-"));
  python = await createEnvironment(folder);
  emulator = await startEmulator({
    users: 120,
    pageSizes: { graph: 50 },
    beliefs: { graphPages: "empty" },
    shuffle: true,
  });
}, 180_000);

afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

test("the azure-devops package for Python lists projects, teams, members, users and groups", async ({ skip }) => {
  if (python === undefined) return skip("python3 or its azure-devops package cannot be had");
  // The package caches route tables in the home folder, by URL; a port may come back with another table.
  const environment = { PATH: process.env.PATH ?? "", HOME: folder };
  const { stdout } = await run(python, [script, emulator.url, emulator.token], { env: environment });
  const { state } = emulator;
  const descriptors = (indexes: readonly number[]) =>
    indexes.map((index) => descriptorOf(subjectAt(state, index))).sort();
  const found: Record<"projects" | "teams" | "users" | "groups", string[]> & { members: number } = JSON.parse(stdout);
  expect(found.projects).toEqual(
    state.projects
      .filter((each) => each.state === "wellFormed")
      .map((each) => each.id)
      .sort(),
  );
  expect(found.teams).toEqual(state.teams.map((team) => team.id).sort());
  expect(found.users).toEqual(descriptors(state.users));
  expect(found.groups).toEqual(descriptors(state.groups));
  expect(found.members).toBeGreaterThan(0);
}, 60_000);
