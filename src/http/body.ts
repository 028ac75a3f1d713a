import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ConnectorError } from "../errors.ts";

/**
 * Reads a whole body as text, refusing more than `maxBytes` after decompression: neither a body without end nor one
 * that unpacks to gigabytes can fill the memory. With `cut` what is over is left unread instead. A leading byte order mark is dropped (Azure DevOps sends some).
 */
export async function readBody(
  body: Readable,
  { encoding, maxBytes, cut = false }: { encoding: string | undefined; maxBytes: number; cut?: boolean },
): Promise<string> {
  const gzipped = encoding?.toLowerCase() === "gzip";
  const stream = gzipped ? body.pipe(createGunzip()) : body;
  if (gzipped) body.on("error", (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > maxBytes && cut) break;
      if (bytes > maxBytes) {
        const told = `the answer is larger than the limit of ${maxBytes} bytes`;
        throw new ConnectorError("refused", `${told}; check the proxies on the way to Azure DevOps`);
      }
      chunks.push(chunk);
    }
  } finally {
    body.destroy();
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
