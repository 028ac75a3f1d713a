import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { ConnectorError } from "../errors.ts";
import { withoutTokens } from "../redaction.ts";
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
  /** What was of no use is told once, and not at every look. */
  let told = "";

  function tell(problem: string, error: unknown): void {
    if (problem === told) return;
    told = problem;
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ files, reason }, `${what}: not usable, those from before stay in use`);
  }

  async function look(): Promise<void> {
    let contents: readonly Buffer[];
    try {
      contents = await Promise.all(files.map((file) => readFile(file)));
    } catch (error) {
      return tell("unreadable", error);
    }
    const found = fingerprint(contents);
    if (found === seen) {
      told = ""; // It is well again: what goes wrong next is news.
      return;
    }
    try {
      const made = make(contents);
      onChange?.(made);
      current = made;
    } catch (error) {
      return tell(found, error);
    }
    seen = found;
    told = "";
    log.info({ files }, `${what}: read again, in use for new connections and calls`);
  }
  const timer = setInterval(() => void look(), intervalMs);
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
    throw new ConnectorError("refused", `${withoutTokens(file)} cannot be read (${code}): ${remedy}`);
  }
}

function fingerprint(contents: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(String(content.length)).update(":").update(content);
  return hash.digest("base64");
}
