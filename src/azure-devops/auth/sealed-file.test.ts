import { randomUUID } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureFrom } from "../../../test/support/calls.ts";
import { ConnectorError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import type { Keychain } from "./keychain.ts";
import { createLoginStore } from "./login-store.ts";
import type { LoginStoreOptions } from "./options.ts";
import { createSealedFile } from "./sealed-file.ts";

const text = "r3fresh-token-of-somebody";
let folder = "";
const newFile = () => join(folder, randomUUID(), "login");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-sealed-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A keychain in memory. */
function keychain(): Keychain & { readonly keys: Map<string, Buffer> } {
  const keys = new Map<string, Buffer>();
  return {
    keys,
    read: async (file) => keys.get(file),
    async readOrCreate(file) {
      const key = keys.get(file) ?? Buffer.alloc(32, keys.size + 1);
      keys.set(file, key);
      return key;
    },
    async delete(file) {
      keys.delete(file);
    },
  };
}

const passphrase = (words: string): LoginStoreOptions["key"] => ({ kind: "passphrase", passphrase: new Secret(words) });
const kinds: readonly LoginStoreOptions["key"][] = [{ kind: "keychain" }, passphrase("open"), { kind: "none" }];

describe.each(kinds)("a file opened by $kind", (key) => {
  test("gives what was written, is its owner's alone, and leaves nothing else", async () => {
    const file = newFile();
    const keys = keychain();
    expect(await createSealedFile({ file, key }, keys).read()).toBeUndefined();
    await createSealedFile({ file, key }, keys).write("before");
    await createSealedFile({ file, key }, keys).write(text);
    expect(await createSealedFile({ file, key }, keys).read()).toBe(text);
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(dirname(file))).toEqual(["login"]);
    await createSealedFile({ file, key }, keys).delete();
    expect(readdirSync(dirname(file))).toEqual([]);
    expect(keys.keys.size).toBe(0);
  });

  test("is not read when others may, when it is a link, or when its folder is open", async () => {
    const file = newFile();
    const sealed = createSealedFile({ file, key }, keychain());
    await sealed.write(text);
    chmodSync(file, 0o640);
    expect((await failureFrom(sealed.read())).message).toMatch(/is open to others; .*chmod 600/);
    chmodSync(file, 0o600);
    chmodSync(dirname(file), 0o755);
    expect((await failureFrom(sealed.read())).message).toMatch(/is open to others; .*chmod 700/);
    expect((await failureFrom(sealed.write(text))).message).toMatch(/is open to others; .*chmod 700/);
    chmodSync(dirname(file), 0o700);
    expect(await sealed.read()).toBe(text);
    const link = join(dirname(file), "link");
    symlinkSync(file, link);
    expect((await failureFrom(createSealedFile({ file: link, key }, keychain()).read())).message).toMatch(/is no file/);
  });

  test("that is something else is told", async () => {
    const file = newFile();
    mkdirSync(dirname(file), { mode: 0o700 });
    writeFileSync(file, "{}", { mode: 0o600 });
    expect((await failureFrom(createSealedFile({ file, key }, keychain()).read())).message).toMatch(/not what `login`/);
  });
});

test("a keychain that is not there is told before anybody signs in, and a damaged file can be deleted", async () => {
  const file = newFile();
  const broken = async () => {
    throw new ConnectorError("refused", "no keychain");
  };
  const none = { read: broken, readOrCreate: broken, delete: broken };
  expect((await failureFrom(createSealedFile({ file, key: { kind: "keychain" } }, none).prepare())).message).toBe(
    "no keychain",
  );
  writeFileSync(file, "damaged", { mode: 0o644 });
  await createSealedFile({ file, key: { kind: "keychain" } }, none).delete();
  expect(readdirSync(dirname(file))).toEqual([]);
});

describe("an encrypted file", () => {
  test.each(kinds.slice(0, 2))("holds nothing of the text, nor twice the same ($kind)", async (key) => {
    const file = newFile();
    const sealed = createSealedFile({ file, key }, keychain());
    await sealed.write(text);
    const first = readFileSync(file, "utf8");
    await sealed.write(text);
    const second = readFileSync(file, "utf8");
    for (const raw of [first, second]) {
      expect(raw).not.toContain(text);
      expect(raw).not.toContain(Buffer.from(text).toString("base64"));
    }
    expect(JSON.parse(first).data).not.toBe(JSON.parse(second).data);
  });

  test.each(["data", "nonce", "salt"] as const)("does not open once its %s was changed", async (field) => {
    const file = newFile();
    const sealed = createSealedFile({ file, key: passphrase("open") });
    await sealed.write(text);
    const envelope = JSON.parse(readFileSync(file, "utf8"));
    const bytes = Buffer.from(envelope[field], "base64");
    bytes.writeUInt8((bytes.readUInt8(0) + 1) % 256, 0);
    writeFileSync(file, JSON.stringify({ ...envelope, [field]: bytes.toString("base64") }));
    const again = createSealedFile({ file, key: passphrase("open") });
    expect((await failureFrom(again.read())).message).toMatch(/does not open/);
  });

  test("does not open with another passphrase, nor as another kind", async () => {
    const file = newFile();
    await createSealedFile({ file, key: passphrase("open") }).write(text);
    const other = createSealedFile({ file, key: passphrase("sesame") });
    expect((await failureFrom(other.read())).message).toMatch(/does not open: another passphrase/);
    const plain = createSealedFile({ file, key: { kind: "none" } });
    expect((await failureFrom(plain.read())).message).toMatch(/kept with the key passphrase, and none is asked for/);
  });

  test("whose key left the keychain says so", async () => {
    const file = newFile();
    const keys = keychain();
    const sealed = createSealedFile({ file, key: { kind: "keychain" } }, keys);
    await sealed.write(text);
    keys.keys.clear();
    expect((await failureFrom(sealed.read())).message).toMatch(/no key in the keychain; sign in again/);
  });
});

test("a login of another shape is told without repeating it", async () => {
  const file = newFile();
  await createSealedFile({ file, key: { kind: "none" } }).write(JSON.stringify({ refreshToken: text }));
  const failure = await failureFrom(createLoginStore({ file, key: { kind: "none" } }).read());
  expect(failure.message).toMatch(/no login of this version; sign in again/);
  expect(failure.message).not.toContain(text);
});
