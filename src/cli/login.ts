import { createLoginStore } from "../azure-devops/auth/login-store.ts";
import { type Purpose, signIn } from "../azure-devops/auth/sign-in.ts";
import { type LoginConfig, loadLoginConfig } from "../config/load.ts";
import { loadSettings } from "../config/settings.ts";
import { ConnectorError } from "../errors.ts";
import { createLog } from "../telemetry/log.ts";
import { openBrowser } from "./browser.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";
import { interruption } from "./signals.ts";

/** Signs a person in and keeps that, or says who is signed in. */
export async function run({ flags, env }: Invocation): Promise<number> {
  const settings = loadSettings({ ...flags, "log-level": flags["log-level"] ?? "error" }, env);
  const config = loadLoginConfig(settings, flags.status !== true);
  if (flags.status === true) return tellStatus(config);
  const { application, store: storeOptions, caPem, proxy, logLevel } = config;
  if (!application) throw new ConnectorError("bug", "nobody says which application is signed in to");
  const store = createLoginStore(storeOptions);
  // What cannot be kept is better known before somebody signs in.
  await store.prepare();
  const byDeviceCode = flags["device-code"] === true;
  const purpose: Purpose = flags.for === "provisioning" ? "provisioning" : "read";
  const login = await signIn({
    ...application,
    caPem,
    proxy,
    purpose,
    byDeviceCode,
    show(text, url) {
      process.stderr.write(text);
      if (url !== undefined) openBrowser(url, env);
    },
    log: createLog(logLevel),
    signal: interruption(),
  });
  await store.write(login);
  await print(`signed in as ${login.user}, kept in ${store.file}; use it with --auth login\n`);
  return 0;
}

async function tellStatus({ store: options }: LoginConfig): Promise<number> {
  const store = createLoginStore(options);
  const login = await store.read();
  if (!login) {
    await print(`nobody is signed in (${store.file})\n`);
    return 1;
  }
  const { user, tenantId, clientId, scopes, signedInAtMs } = login;
  const allowed = scopes.map((scope) => scope.split("/").at(-1)).join(", ");
  const rows = [
    `signed in as ${user} since ${new Date(signedInAtMs).toISOString()}`,
    `tenant ${tenantId}, application ${clientId}, scopes ${allowed}`,
    `kept in ${store.file}, opened by: ${options.key.kind}`,
  ];
  await print(`${rows.join("\n")}\n`);
  return 0;
}
