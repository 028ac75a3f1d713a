import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
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

export function openOutput(file: string | undefined): Output {
  return file === undefined ? standardOutput() : fileOutput(file);
}

function standardOutput(): Output {
  return {
    open: async () => undefined,
    write: (text) => writeTo(process.stdout, text),
    commit: async () => undefined,
    discard: async () => undefined,
  };
}

/** Written beside its place and renamed into it, so that readers see the old file or the new one. */
function fileOutput(file: string): Output {
  const partial = `${file}.${process.pid}.partial`;
  const stream: WriteStream = createWriteStream(partial, { mode: 0o600 });
  const opened = once(stream, "open");
  opened.catch(() => undefined); // Told by `open`.
  return {
    async open() {
      await opened.catch((error: unknown) => {
        throw new ConnectorError("invalid-request", `--out: ${file} cannot be written`, { cause: error });
      });
    },
    async write(text) {
      await writeTo(stream, text);
    },
    async commit() {
      stream.end();
      await finished(stream);
      await rename(partial, file);
    },
    async discard() {
      stream.destroy();
      await rm(partial, { force: true });
    },
  };
}

async function writeTo(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}
