import { loadConnectorConfig } from "../config/load.ts";
import { loadServerConfig } from "../config/server.ts";
import { loadSettings } from "../config/settings.ts";
import { openHistory } from "../provisioning/index.ts";
import { formatAddress, parseAddress } from "../server/address.ts";
import { startServer } from "../server/start.ts";
import { createLog } from "../telemetry/log.ts";
import { createConnector } from "./connector.ts";
import type { Invocation } from "./program.ts";
import { stopSignal } from "./signals.ts";

export async function run({ flags, env }: Invocation): Promise<number> {
  const settings = loadSettings(flags, env);
  const config = loadConnectorConfig(settings);
  const { listen, operationsListen, connectListen, drainTimeoutMs, ...serverConfig } = loadServerConfig(settings);
  const log = createLog(config.logLevel);
  for (const notice of settings.notices) log.warn(notice);
  const history = config.changeLog === undefined ? undefined : await openHistory(config.changeLog, config.changes, log);
  const app = createConnector(config, log, history ? { history } : {});
  const server = await startServer({
    ...app,
    ...serverConfig,
    log,
    listen: parseAddress(listen),
    operationsListen: parseAddress(operationsListen),
    connectListen: connectListen === undefined ? undefined : parseAddress(connectListen),
  });
  // From here on a signal finds somebody who listens; whoever reads "serving" may send one at once.
  const stopped = stopSignal();
  log.info(
    {
      grpc: formatAddress(server.grpc),
      operations: formatAddress(server.operations),
      ...(server.connect ? { connect: formatAddress(server.connect) } : {}),
      tls: serverConfig.tls !== undefined,
      organization: app.client.connection.organization.name,
    },
    "serving",
  );
  void app.warmUp();
  const signal = await stopped;
  log.info({ signal, drainTimeoutMs }, "stopping: running calls may end");
  void stopSignal().then(() => process.exit(130)); // Who asks twice does not want to wait.
  const drainedMs = Date.now() + drainTimeoutMs;
  await server.close(drainTimeoutMs);
  await app.close(Math.max(0, drainedMs - Date.now()));
  return 0;
}
