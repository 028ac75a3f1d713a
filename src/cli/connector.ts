import { type App, type AppOptions, createApp } from "../app.ts";
import { createCredential } from "../azure-devops/auth/index.ts";
import type { ConnectorConfig } from "../config/load.ts";
import type { Log } from "../telemetry/log.ts";

/** The connector that a configuration describes. */
export function createConnector(
  { credential: credentialOptions, ...options }: ConnectorConfig,
  log: Log,
  more: Pick<AppOptions, "validationPatienceMs" | "crossCheck" | "history"> = {},
): App {
  const credential = createCredential(credentialOptions, { caPem: options.caPem, proxy: options.proxy, log });
  const app = createApp({ ...options, ...more, credential, log });
  return {
    ...app,
    async close(changesWithinMs) {
      await app.close(changesWithinMs);
      await credential.close();
    },
  };
}
