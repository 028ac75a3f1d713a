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

const waiting: ((signal: string) => void)[] = [];
let listening = false;

/** Resolves with the name of the next signal that asks to stop. */
export function stopSignal(): Promise<string> {
  // Listened to for good: between two listeners, a signal would end the process on the spot.
  if (!listening) {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        for (const resolve of waiting.splice(0)) resolve(name);
      });
    }
  }
  listening = true;
  return new Promise((resolve) => waiting.push(resolve));
}
