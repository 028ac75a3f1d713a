import { loadConnectorConfig } from "../config/load.ts";
import { logLevelOption } from "../config/options.ts";
import { loadSettings } from "../config/settings.ts";
import { ConnectorError } from "../errors.ts";
import { parseAddress } from "../server/address.ts";
import { createLog } from "../telemetry/log.ts";
import { createConnector } from "./connector.ts";
import { jsonWriter, ndjsonWriter, type RowWriter } from "./formats.ts";
import { csvWriter } from "./grant-table.ts";
import { createManifestReport } from "./manifest.ts";
import { type Output, openOutput } from "./output.ts";
import type { Invocation } from "./program.ts";
import { createProgress, type Progress } from "./progress.ts";
import { createServerClient } from "./server-client.ts";
import { interruption } from "./signals.ts";
import { type SyncSource, syncInProcess, syncThroughServer } from "./sync-source.ts";
import { createTally, tallyTable } from "./tally.ts";

export async function run({ flags, env }: Invocation): Promise<number> {
  const signal = interruption();
  if (typeof flags.server === "string") {
    const server = createServerClient(parseAddress(flags.server), flags);
    return report(syncThroughServer(server, signal), createProgress(), flags);
  }
  const settings = loadSettings(flags, env);
  const config = loadConnectorConfig(settings);
  // Progress is what a person wants to see of a sync, unless told otherwise.
  const log = createLog(settings.of(logLevelOption).source.kind === "default" ? "warn" : config.logLevel);
  for (const notice of settings.notices) log.warn(notice);
  const app = createConnector(config, log);
  const progress = createProgress();
  try {
    const source = syncInProcess(app, { log, signal, onHeld: progress.held });
    return await report(source, progress, flags);
  } finally {
    await app.close();
  }
}

async function report(source: SyncSource, progress: Progress, flags: Invocation["flags"]): Promise<number> {
  const output = openOutput(typeof flags.out === "string" ? flags.out : undefined);
  const manifest = createManifestReport(flags);
  const writer = (writers[String(flags.format)] ?? tableWriter)(output);
  try {
    await output.open();
    await manifest.open();
    let complete = false;
    for await (const batch of source) {
      progress.update(batch);
      await writer.add(batch);
      complete = batch.complete;
      manifest.update(batch);
    }
    if (!complete) throw new ConnectorError("unavailable", "the sync ended before it was complete; start it again");
    progress.done();
    await writer.end();
    await output.commit();
    return await manifest.end();
  } catch (error) {
    progress.done();
    // Why it failed matters more than what stays behind.
    await Promise.allSettled([output.discard(), manifest.discard()]);
    throw error;
  }
}

const writers: Readonly<Record<string, (output: Output) => RowWriter>> = {
  json: jsonWriter,
  ndjson: ndjsonWriter,
  csv: csvWriter,
};

function tableWriter(output: Output): RowWriter {
  const tally = createTally();
  return {
    add: async (batch) => tally.add(batch),
    end: () => output.write(`${tallyTable(tally)}\n`),
  };
}
