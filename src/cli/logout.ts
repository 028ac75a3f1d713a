import { createLoginStore } from "../azure-devops/auth/login-store.ts";
import { loadLoginConfig } from "../config/load.ts";
import { loadSettings } from "../config/settings.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";

/** Forgets who signed in, with what was kept of it. */
export async function run({ flags, env }: Invocation): Promise<number> {
  const store = createLoginStore(loadLoginConfig(loadSettings(flags, env), false).store);
  await store.delete();
  await print(`${store.file} is gone; the application's access can be taken back at https://myapps.microsoft.com\n`);
  return 0;
}
