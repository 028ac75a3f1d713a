import { type App, createApp } from "../app.ts";
import { bearerToken, personalAccessToken } from "../azure-devops/credential.ts";
import type { ConnectorConfig } from "../config/load.ts";
import type { Log } from "../telemetry/log.ts";

/** The connector that a configuration describes. */
export function createConnector({ credential: { kind, token }, ...options }: ConnectorConfig, log: Log): App {
  const credential = kind === "bearer-token" ? bearerToken(token) : personalAccessToken(token);
  return createApp({ ...options, credential, log });
}
