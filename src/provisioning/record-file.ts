import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type ChainEnd, type ChangeRecord, chained, checkChain, emptyChain } from "./records.ts";

/** Keeps a record of every change. */
export interface RecordKeeper {
  /** Gives the record's hash once it is kept; records are kept in the order in which they come. */
  keep(record: ChangeRecord): Promise<string>;
  /** Fails with `refused` while records cannot be kept: what cannot be recorded is not done. */
  ready(): void;
  close(): Promise<void>;
}

/** Keeps records in a file, one JSON object a line, and tells each to the log too. */
export async function openRecordFile(
  path: string,
  log: Log,
  onEarlier: (record: Readonly<Record<string, unknown>>) => void,
): Promise<RecordKeeper> {
  const file = await openForAppend(path);
  const { end, problems } = await readEarlier(path, onEarlier);
  if (problems.length > 0) {
    await file.close();
    throw new ConnectorError(
      "refused",
      `--change-log ${path}: ${problems[0]}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""}; keep it for whoever looks into it, and start with another file`,
    );
  }
  return createKeeper(end, log, {
    async append(line) {
      await file.appendFile(line, "utf8");
      await file.datasync();
    },
    close: () => file.close(),
  });
}

/** Keeps records in the log alone. */
export function createRecordLog(log: Log): RecordKeeper {
  return createKeeper(emptyChain, log, { append: async () => undefined, close: async () => undefined });
}

interface Sink {
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

function createKeeper(start: ChainEnd, log: Log, sink: Sink): RecordKeeper {
  let end = start;
  let tail: Promise<unknown> = Promise.resolve();
  let failure: unknown;

  async function append(record: ChangeRecord): Promise<string> {
    const next = chained(record, end, new Date());
    end = { sequence: next.sequence, hash: next.hash };
    log.info({ change: next }, "change");
    try {
      if (failure === undefined) await sink.append(`${JSON.stringify(next)}\n`);
    } catch (error) {
      failure = error;
      log.error({ error, change: next }, "a change cannot be recorded; none is made any more");
    }
    return next.hash;
  }

  return {
    keep(record) {
      const kept = tail.then(() => append(record));
      tail = kept.catch(() => undefined);
      return kept;
    },
    ready() {
      if (failure === undefined) return;
      const told = "changes cannot be recorded any more, so none is made: look after --change-log, and restart";
      throw new ConnectorError("refused", told, { cause: failure });
    },
    async close() {
      await tail;
      await sink.close();
    },
  };
}

async function openForAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a", 0o600);
  } catch (cause) {
    const told = `--change-log ${path} cannot be written; give a file in a folder that exists and may be written to`;
    throw new ConnectorError("refused", told, { cause });
  }
}

async function readEarlier(path: string, onEarlier: (record: Readonly<Record<string, unknown>>) => void) {
  const input = createReadStream(path, "utf8");
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  return checkChain(lines, onEarlier);
}
