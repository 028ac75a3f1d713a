import { createReadStream } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { createInterface } from "node:readline";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { lockFile } from "./file-lock.ts";
import { isWhole, lastLineOf } from "./last-line.ts";
import { type ChainEnd, type ChangeRecord, chained, checkChain, emptyChain } from "./records.ts";

/** Keeps a record of every change. */
export interface RecordKeeper {
  /** Gives the record's place once it is kept, in the order in which they come; undefined when it cannot be kept. */
  keep(record: ChangeRecord): Promise<ChainEnd | undefined>;
  /** Fails with `refused` once a record could not be kept: what cannot be recorded is not done. */
  ready(): void;
  close(): Promise<void>;
}

/** Keeps records in a file of this process, one JSON object a line, and tells each to the log too. */
export async function openRecordFile(
  path: string,
  log: Log,
  onEarlier: (record: Readonly<Record<string, unknown>>) => void,
): Promise<RecordKeeper> {
  const file = await openForAppend(path);
  let unlock: (() => void) | undefined;
  try {
    unlock = await lockFile(await realpath(path), "--change-log");
    await mendEnd(path, file, log);
    const { end, problems } = await readEarlier(path, onEarlier);
    if (problems.length > 0) {
      throw new ConnectorError(
        "refused",
        `--change-log ${path}: ${problems[0]}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""}; keep it for whoever looks into it, and start with another file`,
      );
    }
    return createKeeper(end, log, createSink(file, unlock));
  } catch (error) {
    unlock?.();
    await file.close();
    throw error;
  }
}

/** Keeps records in the log alone. */
export function createRecordLog(log: Log): RecordKeeper {
  return createKeeper(emptyChain, log, { append: async () => undefined, close: async () => undefined });
}

interface Sink {
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

function createSink(file: FileHandle, unlock: () => void): Sink {
  return {
    async append(line) {
      const { size } = await file.stat();
      try {
        await file.appendFile(line, "utf8");
        await file.datasync();
      } catch (error) {
        // A part of a line would be in the way of whatever comes next.
        await file.truncate(size);
        throw error;
      }
    },
    async close() {
      await file.close();
      unlock();
    },
  };
}

function createKeeper(start: ChainEnd, log: Log, sink: Sink): RecordKeeper {
  let end = start;
  let tail: Promise<unknown> = Promise.resolve();
  let failure: unknown;

  async function append(record: ChangeRecord): Promise<ChainEnd | undefined> {
    const next = chained(record, end, new Date());
    try {
      await sink.append(`${JSON.stringify(next)}\n`);
    } catch (error) {
      failure = error;
      log.error({ error, change: next }, "a change cannot be recorded; none is made any more");
      return undefined;
    }
    log.info({ change: next }, "change");
    end = { sequence: next.sequence, hash: next.hash };
    return end;
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

/** A last line without its end is one whose writing was cut: nothing was done for it, or it is told as unclear. */
async function mendEnd(path: string, file: FileHandle, log: Log): Promise<void> {
  const { text, offset } = await lastLineOf(path);
  if (text === "") return;
  if (isWhole(text)) {
    await file.appendFile("\n", "utf8");
  } else {
    log.warn({ cut: text, offset }, "the last line of --change-log was not written to its end: it is taken out");
    await file.truncate(offset);
  }
  await file.datasync();
}

async function readEarlier(path: string, onEarlier: (record: Readonly<Record<string, unknown>>) => void) {
  const input = createReadStream(path, "utf8");
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  return checkChain(lines, onEarlier);
}
