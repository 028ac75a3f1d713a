import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { failureFrom } from "../../test/support/calls.ts";
import { readBody } from "./body.ts";

const plain = { encoding: undefined, maxBytes: 1000 };
const gzip = { encoding: "gzip", maxBytes: 1000 };

test("a body in chunks is one text, also where a character lies on their border", async () => {
  const bytes = Buffer.from("grüße 𝒳");
  const chunks = [...bytes].map((byte) => Buffer.from([byte]));
  expect(await readBody(Readable.from(chunks), plain)).toBe("grüße 𝒳");
});

test("an empty body is an empty text", async () => {
  expect(await readBody(Readable.from([]), plain)).toBe("");
  expect(await readBody(Readable.from([]), { ...plain, encoding: "identity" })).toBe("");
});

test("one leading byte order mark is dropped, and only a leading one", async () => {
  expect(await readBody(Readable.from([Buffer.from("\uFEFF{}")]), plain)).toBe("{}");
  expect(await readBody(Readable.from([Buffer.from('{"a":"\uFEFF"}')]), plain)).toBe('{"a":"\uFEFF"}');
  expect(await readBody(Readable.from([gzipSync("\uFEFF{}")]), gzip)).toBe("{}");
});

test("of what may be cut, the rest is left unread", async () => {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(400, "a");
  };
  const body = Readable.from(endless());
  expect(await readBody(body, { ...plain, cut: true })).toBe("a".repeat(800));
  expect(body.destroyed).toBe(true);
});

test("gzip is unpacked, whatever the case of its name", async () => {
  expect(await readBody(Readable.from([gzipSync("packed")]), { ...gzip, encoding: "GZip" })).toBe("packed");
});

test("a body of exactly the limit is read, one byte more is refused", async () => {
  const body = (size: number) => Readable.from([Buffer.alloc(size - 1, "a"), Buffer.from("b")]);
  expect(await readBody(body(1000), plain)).toHaveLength(1000);
  const refused = await failureFrom(readBody(body(1001), plain));
  expect(refused).toMatchObject({ kind: "refused", message: expect.stringContaining("1000 bytes") });
});

test("a body without end is refused at the limit, and no longer read", async () => {
  let read = 0;
  const endless = new Readable({
    read() {
      read += 1;
      this.push(Buffer.alloc(100));
    },
  });
  await failureFrom(readBody(endless, plain));
  expect(endless.destroyed).toBe(true);
  expect(read).toBeLessThan(2000);
});

test("a packed body without end is refused at the limit, and no longer read", async () => {
  const member = gzipSync("a".repeat(100));
  const endless = new Readable({
    read() {
      setImmediate(() => this.push(member));
    },
  });
  await failureFrom(readBody(endless, gzip));
  expect(endless.destroyed).toBe(true);
});

test("the limit counts unpacked bytes: a gzip bomb is refused before it unfolds", async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(300_000);
  const before = process.memoryUsage().rss;
  const body = Readable.from([bomb]);
  await failureFrom(readBody(body, { encoding: "gzip", maxBytes: 100_000 }));
  expect(body.destroyed).toBe(true);
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

test("cut or damaged gzip fails instead of giving a part", async () => {
  const packed = gzipSync(JSON.stringify({ value: Array.from({ length: 50 }, (_, index) => index) }));
  await expect(readBody(Readable.from([packed.subarray(0, -12)]), gzip)).rejects.toMatchObject({ code: "Z_BUF_ERROR" });
  await expect(readBody(Readable.from([Buffer.from("not gzip")]), gzip)).rejects.toMatchObject({
    code: "Z_DATA_ERROR",
  });
});

test("a connection that breaks within the body fails, packed or not", async () => {
  const breaking = (bytes: Buffer) =>
    Readable.from(
      (async function* () {
        yield bytes;
        throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
      })(),
    );
  await expect(readBody(breaking(Buffer.from("{")), plain)).rejects.toMatchObject({ code: "ECONNRESET" });
  await expect(readBody(breaking(gzipSync("{}").subarray(0, 8)), gzip)).rejects.toMatchObject({ code: "ECONNRESET" });
});
