import { rmSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
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

export function openOutput(file: string | undefined): Output {
  return file === undefined ? standardOutput() : fileOutput(file);
}

function standardOutput(): Output {
  return {
    open: async () => undefined,
    write: (text) => print(text),
    commit: async () => undefined,
    discard: async () => undefined,
  };
}

/** Writes to standard output, and resolves when there is room for more. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else if ("code" in error && error.code === "EPIPE") reject(new ReaderLeft());
      else reject(failed("refused", "standard output", error));
    });
  });
}

/** Written beside its place and renamed into it, so that readers see the old file or the new one. */
function fileOutput(file: string): Output {
  const partial = `${file}.${process.pid}.partial`;
  // For an end that nobody announces, such as a second Ctrl-C.
  const removePartial = () => rmSync(partial, { force: true });
  let handle: FileHandle | undefined;
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      throw failed("refused", `--out: ${file}`, error);
    }
  };
  return {
    async open() {
      try {
        handle = await open(partial, "wx", 0o600);
        process.once("exit", removePartial);
      } catch (error) {
        throw failed("invalid-request", `--out: ${file}`, error);
      }
    },
    write: (text) => attempt(async () => void (await handle?.writeFile(text))),
    commit: () =>
      attempt(async () => {
        await handle?.sync();
        await handle?.close();
        handle = undefined;
        await rename(partial, file);
        process.off("exit", removePartial);
      }),
    async discard() {
      await handle?.close();
      await rm(partial, { force: true });
      process.off("exit", removePartial);
    },
  };
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: free some space, or write elsewhere",
  EDQUOT: "your quota is used up: free some space, or write elsewhere",
  EFBIG: "the file would be larger than is allowed: write elsewhere",
  ENOENT: "its folder does not exist: make it, or write elsewhere",
  EACCES: "you may not write there: write elsewhere",
  EROFS: "that file system is read-only: write elsewhere",
  EISDIR: "it is a folder: name a file in it",
};

function failed(kind: "refused" | "invalid-request", where: string, error: unknown): ConnectorError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  const remedy = remedies[code];
  return new ConnectorError(kind, `${where} cannot be written (${code})${remedy ? `; ${remedy}` : ""}`, {
    cause: error,
  });
}
