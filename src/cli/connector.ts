import { type App, type AppOptions, createApp } from "../app.ts";
import { bearerToken, personalAccessToken } from "../azure-devops/credential.ts";
import type { ConnectorConfig } from "../config/load.ts";
import type { Log } from "../telemetry/log.ts";

/** The connector that a configuration describes. */
export function createConnector(
  { credential: { kind, token }, ...options }: ConnectorConfig,
  log: Log,
  more: Pick<AppOptions, "validationPatienceMs" | "crossCheck" | "history"> = {},
): App {
  const credential = kind === "bearer-token" ? bearerToken(token) : personalAccessToken(token);
  return createApp({ ...options, ...more, credential, log });
}
