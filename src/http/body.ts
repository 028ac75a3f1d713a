import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ConnectorError } from "../errors.ts";

/** How a body is packed, and how much of it is read. */
export interface BodyLimits {
  readonly encoding: string | undefined;
  readonly maxBytes: number;
  /** Leaves what is over the limit unread, where that is not a failure. */
  readonly cut?: boolean;
}

/**
 * The unpacked bytes of a body as they arrive, refusing more than `maxBytes` of them: neither a body without end nor one
 * that unpacks to gigabytes can fill the memory. Who stops reading closes it.
 */
export async function* bodyChunks(body: Readable, { encoding, maxBytes, cut }: BodyLimits): AsyncGenerator<Buffer> {
  const gzipped = encoding?.toLowerCase() === "gzip";
  const stream = gzipped ? body.pipe(createGunzip({ chunkSize: unpackedChunkBytes })) : body;
  if (gzipped) body.on("error", (error) => stream.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > maxBytes && cut) return;
      if (bytes > maxBytes) {
        const told = `the answer is larger than the limit of ${maxBytes} bytes`;
        throw new ConnectorError("refused", `${told}; check the proxies on the way to Azure DevOps`);
      }
      yield chunk;
    }
  } finally {
    body.destroy();
  }
}

/** Four times what zlib does by itself: a large body is read in fewer turns. */
const unpackedChunkBytes = 64 * 1024;

/** Reads a whole body as text. A leading byte order mark is dropped (Azure DevOps sends some). */
export async function readBody(body: Readable, limits: BodyLimits): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyChunks(body, limits)) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
