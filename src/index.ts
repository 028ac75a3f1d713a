/** The public API: the connector as a library. */
export { type App, type AppOptions, createApp } from "./app.ts";
export { createCredential } from "./azure-devops/auth/index.ts";
export type { CredentialOptions } from "./azure-devops/auth/options.ts";
export { bearerToken, type Credential, personalAccessToken } from "./azure-devops/credential.ts";
export { ConnectorError, type ErrorKind, isConnectorError } from "./errors.ts";
export { Secret } from "./secret.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server/start.ts";
export { createLog, type Log, type LogLevel, silentLog } from "./telemetry/log.ts";
export { version } from "./version.ts";
