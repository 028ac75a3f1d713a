import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { type Serving, startServe, type Variables } from "./command.ts";

/**
 * An emulated organization for the processes of one test file, and a folder with its token in the file `pat`. What serves
 * ends with each test, the organization and the folder with the last.
 */
export function useEmulatedFolder(name: string, options: EmulatorOptions) {
  const folder = mkdtempSync(join(tmpdir(), `connector-${name}-`));
  const running: ChildProcess[] = [];
  let emulator: Emulator | undefined;

  beforeAll(async () => {
    emulator = await startEmulator(options);
    writeFileSync(join(folder, "pat"), `${emulator.token}\n`);
  });
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });
  afterAll(async () => {
    await emulator?.close();
    rmSync(folder, { recursive: true });
  });

  const started = (): Emulator => {
    if (!emulator) throw new Error("the emulator is started before the first test");
    return emulator;
  };

  const organization = () => ["--organization-url", started().url, "--pat-file", join(folder, "pat")];

  return {
    folder,
    emulator: started,
    organization,
    /** Of that organization. */
    async serve(args: readonly string[], env: Variables = {}): Promise<Serving> {
      const serving = await startServe([...organization(), ...args], env);
      running.push(serving.child);
      return serving;
    },
  };
}
