import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";

/** What is made of files, kept up to date with them. */
export interface Watched<T> {
  readonly current: T;
  close(): void;
}

export interface WatchOptions<T> {
  /** What the files are, in messages. */
  readonly what: string;
  readonly files: readonly string[];
  /** Makes the value of the files' contents, or fails: then what was good stays in use. */
  readonly make: (contents: readonly Buffer[]) => T;
  readonly onChange?: (value: T) => void;
  readonly intervalMs: number;
  readonly log: Log;
}

/**
 * Reads files now, failing when they are no good, and again at every interval: by content, since a mounted Kubernetes
 * secret changes by a link to another folder, which file watchers miss.
 */
export function watchFiles<T>({ what, files, make, onChange, intervalMs, log }: WatchOptions<T>): Watched<T> {
  const first = files.map(readNow);
  let current = make(first);
  let seen = fingerprint(first);
  /** What was tried and is of no use: it is not tried, and told, again. */
  let useless = "";
  let problem = "";

  async function look(): Promise<void> {
    const contents = await Promise.all(files.map((file) => readFile(file)));
    const found = fingerprint(contents);
    if (found === seen || found === useless) return;
    useless = found;
    const next = make(contents);
    current = next;
    seen = found;
    useless = "";
    onChange?.(next);
    log.info({ files }, `${what}: read again, in use for new connections and calls`);
  }
  const timer = setInterval(() => {
    look().then(
      () => {
        problem = "";
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        // Once, not at every look.
        if (message !== problem)
          log.warn({ files, reason: message }, `${what}: not usable, those from before stay in use`);
        problem = message;
      },
    );
  }, intervalMs);
  timer.unref();

  return {
    get current() {
      return current;
    },
    close: () => clearInterval(timer),
  };
}

function readNow(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown cause";
    const remedy = "give the path of a file that the connector's user can read";
    throw new ConnectorError("refused", `${file} cannot be read (${code}): ${remedy}`, { cause: error });
  }
}

function fingerprint(contents: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(String(content.length)).update(":").update(content);
  return hash.digest("base64");
}
