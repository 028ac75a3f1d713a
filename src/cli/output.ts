import { randomUUID } from "node:crypto";
import { constants, openSync, rmSync } from "node:fs";
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname, resolve } from "node:path";
import type { Writable } from "node:stream";
import { ConnectorError } from "../errors.ts";

/** Where a command's result goes. Nothing is left behind in a file unless all of it was written. */
export interface Output {
  /** Fails when there is no writing there, before anything is read. */
  open(): Promise<void>;
  write(text: string): Promise<void>;
  /** Puts the whole into place. */
  commit(): Promise<void>;
  /** Forgets what was written. */
  discard(): Promise<void>;
}

/** Whoever read the output has seen enough (`| head`): nothing is wrong, and nothing is left to do. */
export class ReaderLeft extends Error {}

/** A file, named in errors by the option that gave it; standard output without one. */
export function openOutput(file: string | undefined, option = "--out"): Output {
  return file === undefined ? standardOutput() : fileOutput(file, option);
}

function standardOutput(): Output {
  return {
    open: async () => undefined,
    write: print,
    commit: async () => undefined,
    discard: async () => undefined,
  };
}

/** Writes to standard output, and resolves when there is room for more. */
export async function print(text: string): Promise<void> {
  try {
    await writeTo(process.stdout, text);
  } catch (error) {
    throw codeOf(error) === "EPIPE" ? new ReaderLeft() : failed("refused", "standard output", error);
  }
}

function writeTo(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** What is written to, and where it belongs in the end. */
interface Target {
  write(text: string): Promise<void>;
  close(): Promise<void>;
  /** Absent where the text goes straight to its place. */
  readonly partial?: PartialFile;
}

interface PartialFile {
  readonly path: string;
  readonly place: string;
  sync(): Promise<void>;
  removeAtExit(): void;
}

/** A file is written beside its place and renamed into it, so that readers see the old one or the new one. */
function fileOutput(file: string, option: string): Output {
  let target: Target | undefined;
  const attempt = async (kind: FailureKind, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      throw codeOf(error) === "EPIPE" ? new ReaderLeft() : failed(kind, `${option}: ${file}`, error);
    }
  };
  return {
    open: () =>
      attempt("invalid-request", async () => {
        target = await openTarget(file);
      }),
    write: (text) => attempt("refused", async () => target?.write(text)),
    commit: () =>
      attempt("refused", async () => {
        await target?.partial?.sync();
        await target?.close();
        if (!target?.partial) return;
        const { path, place, removeAtExit } = target.partial;
        await rename(path, place);
        process.off("exit", removeAtExit);
        target = undefined;
      }),
    async discard() {
      // Closed twice does no harm.
      await target?.close();
      if (!target?.partial) return;
      await rm(target.partial.path, { force: true });
      process.off("exit", target.partial.removeAtExit);
    },
  };
}

async function openTarget(file: string): Promise<Target> {
  const there = await stat(file).catch(absentOnly);
  if (there?.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  if (there?.isFIFO()) return pipeTarget(file);
  // Devices take what is written; nothing may stand in their place. What a process has open already, as /dev/stdout,
  // can be a file that others append to.
  if (there && (!there.isFile() || /^\/(dev\/(stdout|stderr|fd\/)|proc\/)/.test(file))) {
    return handleTarget(await open(file, "a"));
  }
  const place = await behindLinks(file);
  // Nobody else's, whatever process id and machine they have: it is removed without a question.
  const path = `${place}.${randomUUID()}.partial`;
  const handle = await open(path, "wx", 0o600);
  // For an end that nobody announces, such as a second Ctrl-C.
  const removeAtExit = () => rmSync(path, { force: true });
  process.once("exit", removeAtExit);
  if (there) await handle.chmod(there.mode & 0o777);
  return { ...handleTarget(handle), partial: { path, place, sync: () => handle.sync(), removeAtExit } };
}

function handleTarget(handle: FileHandle): Target {
  return { write: (text) => handle.writeFile(text), close: () => handle.close() };
}

/** As a file, a pipe that nobody reads would hold a thread that neither Ctrl-C nor the process' own exit can end. */
function pipeTarget(file: string): Target {
  const fd = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  const stream = new Socket({ fd, readable: false, writable: true });
  stream.on("error", () => undefined); // The write's callback tells it.
  return {
    write: (text) => writeTo(stream, text),
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
}

/** The file that a name stands for: a link stays, and what it names is written. */
async function behindLinks(file: string): Promise<string> {
  const path = await realpath(file).catch(absentOnly);
  if (path !== undefined) return path;
  const link = await readlink(file).catch(absentOnly);
  return link === undefined ? file : behindLinks(resolve(await realpath(dirname(file)), link));
}

function absentOnly(error: unknown): undefined {
  if (codeOf(error) !== "ENOENT") throw error;
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free some space, or write elsewhere",
  EDQUOT: "your quota is used up: free some space, or write elsewhere",
  EFBIG: "the file would be larger than is allowed: write elsewhere",
  ENOENT: "its folder does not exist: make it, or write elsewhere",
  EACCES: "you may not write there: write elsewhere",
  EROFS: "that file system is read-only: write elsewhere",
  ENOTDIR: "a file stands in the place of one of its folders: write elsewhere",
  ENXIO: "nobody reads it: start its reader first",
  ELOOP: "its links lead in a circle: write elsewhere",
  EISDIR: "it is a folder: name a file in it",
};

type FailureKind = "refused" | "invalid-request";

function failed(kind: FailureKind, where: string, error: unknown): ConnectorError {
  const code = codeOf(error) ?? "unknown error";
  const remedy = remedies[code];
  return new ConnectorError(kind, `${where} cannot be written (${code})${remedy ? `; ${remedy}` : ""}`, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
