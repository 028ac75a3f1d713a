import { loadConnectorConfig } from "../config/load.ts";
import { listenOption, operationsListenOption } from "../config/options.ts";
import { loadSettings } from "../config/settings.ts";
import { formatAddress, parseAddress } from "../server/address.ts";
import { startServer } from "../server/start.ts";
import { createLog } from "../telemetry/log.ts";
import { createConnector } from "./connector.ts";
import type { Invocation } from "./program.ts";

/** How long running calls may take to end after the first signal. */
const graceMs = 30_000;

export async function run({ flags, env }: Invocation): Promise<number> {
  const settings = loadSettings(flags, env);
  const config = loadConnectorConfig(settings);
  const log = createLog(config.logLevel);
  for (const notice of settings.notices) log.warn(notice);
  const app = createConnector(config, log);
  const server = await startServer({
    ...app,
    log,
    listen: parseAddress(settings.text(listenOption) ?? ""),
    operationsListen: parseAddress(settings.text(operationsListenOption) ?? ""),
  });
  log.info(
    {
      grpc: formatAddress(server.grpc),
      operations: formatAddress(server.operations),
      organization: app.client.connection.organization.name,
    },
    "serving",
  );
  void app.warmUp();
  const signal = await stopSignal();
  log.info({ signal, graceMs }, "stopping: running calls may end");
  void stopSignal().then(() => process.exit(130)); // Who asks twice does not want to wait.
  await server.close(graceMs);
  await app.close();
  return 0;
}

/** Resolves with the name of the first signal that asks to stop. */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    const names = ["SIGTERM", "SIGINT"] as const;
    const handlers = names.map((name) => [name, () => stop(name)] as const);
    function stop(name: string): void {
      for (const [own, handler] of handlers) process.off(own, handler);
      resolve(name);
    }
    for (const [name, handler] of handlers) process.on(name, handler);
  });
}
