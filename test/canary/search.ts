import { inspect } from "node:util";
import { multistream } from "pino";
import { createLog, type Log, type LogLevel } from "../../src/telemetry/log.ts";
import { type Canary, type Form, formsOf } from "./canaries.ts";

/** Looks for canaries in everything that is written, in every form and piece, and counts what it has looked at. */
export interface Search {
  /** Canaries can be made as long as nothing was searched for them. */
  learn(canary: Canary): void;
  text(where: string, written: string): void;
  bytes(where: string, written: Uint8Array): void;
  /** An error as anybody could print it: its message, stack, properties and causes, by Node and by the log. */
  error(where: string, error: unknown): void;
  readonly canaries: number;
  readonly writings: number;
  readonly searchedBytes: number;
  /** What was found since it was asked last: where, and never the secret itself. */
  take(): readonly string[];
  readonly found: number;
}

/** Any piece of twelve characters holds one of these at a multiple of seven. */
const gramLength = 6;
const stride = 7;

/** A leak leaks often. */
const toldAtMost = 40;

export function createSearch(): Search {
  const grams = new Map<string, Set<Form>>();
  const toTell: string[] = [];
  let found = 0;
  let canaries = 0;
  let writings = 0;
  let searchedBytes = 0;

  function lookAt(where: string, written: string): void {
    const text = written.toLowerCase();
    const told = new Set<Canary>();
    for (let at = 0; at + gramLength <= text.length; at += stride) {
      for (const form of grams.get(text.slice(at, at + gramLength)) ?? []) {
        if (told.has(form.canary) || longestAround(text, at, form.text) < form.pieceLength) continue;
        told.add(form.canary);
        found += 1;
        if (toTell.length < toldAtMost) toTell.push(`${form.canary.name}, ${form.name}: ${where}`);
      }
    }
  }

  const search: Search = {
    learn(canary) {
      canaries += 1;
      for (const form of formsOf(canary)) {
        const text = form.text.toLowerCase();
        const known = { ...form, text };
        for (let at = 0; at + gramLength <= text.length; at += 1) {
          const gram = text.slice(at, at + gramLength);
          grams.set(gram, (grams.get(gram) ?? new Set()).add(known));
        }
      }
    },
    text(where, written) {
      if (written === "") return;
      writings += 1;
      searchedBytes += Buffer.byteLength(written);
      lookAt(where, written);
    },
    bytes(where, written) {
      search.text(where, Buffer.from(written).toString("latin1"));
    },
    error(where, error) {
      search.text(`${where}, inspected`, inspect(error, { depth: 12, showHidden: true, getters: true }));
      search.text(`${where}, stacks`, stacksOf(error));
      const { log, written } = captureLog();
      log.error({ error, cause: error }, "failed");
      search.text(`${where}, logged`, written("trace"));
    },
    get canaries() {
      return canaries;
    },
    get writings() {
      return writings;
    },
    get searchedBytes() {
      return searchedBytes;
    },
    take: () => toTell.splice(0),
    get found() {
      return found;
    },
  };
  return search;
}

/** The length of the longest piece of `form` that stands in `text` around a gram that both have. */
function longestAround(text: string, at: number, form: string): number {
  const gram = text.slice(at, at + gramLength);
  let longest = 0;
  for (let there = form.indexOf(gram); there >= 0; there = form.indexOf(gram, there + 1)) {
    let before = 0;
    while (before < Math.min(at, there) && text[at - before - 1] === form[there - before - 1]) before += 1;
    let after = gramLength;
    while (there + after < form.length && text[at + after] === form[there + after]) after += 1;
    longest = Math.max(longest, before + after);
  }
  return longest;
}

function stacksOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack}\n${error.cause === undefined ? "" : stacksOf(error.cause)}`;
}

/** A log at every level at once: each level's lines go where only that level's go. */
export function captureLog(): { readonly log: Log; written(level: LogLevel): string } {
  const texts = new Map<LogLevel, string>();
  const streams = writingLevels.map((level) => ({
    level,
    stream: {
      write(line: string) {
        texts.set(level, (texts.get(level) ?? "") + line);
      },
    },
  }));
  const log = createLog("trace", multistream(streams, { dedupe: false }));
  return { log, written: (level) => texts.get(level) ?? "" };
}

/** All but `silent`. */
const writingLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
