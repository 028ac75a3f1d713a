import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scrypt } from "node:crypto";
import { chmod, lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { ConnectorError } from "../../errors.ts";
import { type Keychain, systemKeychain } from "./keychain.ts";
import type { LoginStoreOptions } from "./options.ts";

/** One text in a file that is its owner's alone, encrypted unless that was asked not to be. */
export interface SealedFile {
  /** Undefined when there is no such file. */
  read(): Promise<string | undefined>;
  /** Fails when nothing could be kept there. */
  prepare(): Promise<void>;
  /** Whole or not at all. */
  write(text: string): Promise<void>;
  delete(): Promise<void>;
}

/** AES-256-GCM: what was changed by somebody else does not open. */
const cipherName = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;
const scryptCost = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };

const keyKinds = z.enum(["keychain", "passphrase", "none"]);

const envelope = z.object({
  version: z.literal(1),
  key: keyKinds,
  /** Of the passphrase. */
  salt: z.base64().default(""),
  nonce: z.base64().default(""),
  data: z.base64(),
});

type Envelope = z.infer<typeof envelope>;

const derive = promisify<string, Buffer, number, typeof scryptCost, Buffer>(scrypt);

export function createSealedFile({ file, key }: LoginStoreOptions, keychain: Keychain = systemKeychain): SealedFile {
  /** Deriving takes a while, and the same salt stays in use. */
  let derived: { readonly salt: string; readonly key: Buffer } | undefined;

  async function fromPassphrase(passphrase: string, salt: string): Promise<Buffer> {
    if (derived?.salt !== salt) {
      derived = { salt, key: await derive(passphrase, Buffer.from(salt, "base64"), 32, scryptCost) };
    }
    return derived.key;
  }

  async function keyToOpen(sealed: Envelope): Promise<Buffer | undefined> {
    if (sealed.key !== key.kind) {
      throw failed(
        file,
        `is kept with the key ${sealed.key}, and ${key.kind} is asked for`,
        "give --login-lock to match",
      );
    }
    if (key.kind === "none") return undefined;
    if (key.kind === "passphrase") return fromPassphrase(key.passphrase.reveal(), sealed.salt);
    const found = await keychain.read(file);
    if (found) return found;
    throw failed(file, "has no key in the keychain", "sign in again (`login`)");
  }

  return {
    async read() {
      const text = await readOwn(file);
      if (text === undefined) return undefined;
      const sealed = parse(text, file);
      return unseal(sealed, await keyToOpen(sealed), file);
    },
    async write(text) {
      const salt = key.kind === "passphrase" ? (derived?.salt ?? randomBytes(16).toString("base64")) : "";
      const sealKey =
        key.kind === "none"
          ? undefined
          : key.kind === "passphrase"
            ? await fromPassphrase(key.passphrase.reveal(), salt)
            : await keychain.readOrCreate(file);
      await writeOwn(file, JSON.stringify(seal(text, key.kind, salt, sealKey)));
    },
    async prepare() {
      await prepareFolder(file).catch((error: unknown) => {
        throw told(file, error);
      });
      if (key.kind === "keychain") await keychain.readOrCreate(file);
    },
    async delete() {
      const kind = await kindOf(file);
      await rm(file, { force: true });
      if (kind === "keychain") await keychain.delete(file);
    },
  };
}

/** By what a file is opened; undefined when it is not there or damaged, which is no reason to keep it. */
async function kindOf(file: string): Promise<Envelope["key"] | undefined> {
  try {
    return envelope.parse(JSON.parse(await readFile(file, "utf8"))).key;
  } catch {
    return undefined;
  }
}

/** What stands beside the encrypted text is held by it too, or a weaker kind could be put in its place. */
const bound = ({ version, key, salt }: Omit<Envelope, "data" | "nonce">) => Buffer.from(`${version} ${key} ${salt}`);

function seal(text: string, kind: Envelope["key"], salt: string, key: Buffer | undefined): Envelope {
  const head = { version: 1, key: kind, salt } as const;
  if (!key) return { ...head, nonce: "", data: Buffer.from(text, "utf8").toString("base64") };
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(cipherName, key, nonce).setAAD(bound(head));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { ...head, nonce: nonce.toString("base64"), data: data.toString("base64") };
}

function unseal(sealed: Envelope, key: Buffer | undefined, file: string): string {
  const data = Buffer.from(sealed.data, "base64");
  if (!key) return data.toString("utf8");
  try {
    const nonce = Buffer.from(sealed.nonce, "base64");
    const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes }).setAAD(bound(sealed));
    decipher.setAuthTag(data.subarray(-tagBytes));
    return Buffer.concat([decipher.update(data.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
  } catch {
    throw failed(
      file,
      "does not open: another passphrase, or somebody changed it",
      "give the right one, or sign in again",
    );
  }
}

function parse(text: string, file: string): Envelope {
  try {
    return envelope.parse(JSON.parse(text));
  } catch {
    throw failed(file, "is not what `login` writes", "give another --login-file, or sign out (`logout`) and in again");
  }
}

const failed = (file: string, what: string, remedy: string) =>
  new ConnectorError("refused", `${file} ${what}; ${remedy}`);

const othersMay = 0o077;

async function readOwn(file: string): Promise<string | undefined> {
  try {
    await checkOwn(file, "file");
    await checkOwn(dirname(file), "folder");
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw told(file, error);
  }
}

/** Refuses what others may read or write, or put in its place. */
async function checkOwn(path: string, what: "file" | "folder"): Promise<void> {
  const { mode, uid, isFile, isDirectory } = await own(path);
  if (what === "file" ? !isFile : !isDirectory) throw failed(path, `is no ${what}`, "give another --login-file");
  if (process.platform === "win32") return; // What others may is in lists of another kind there.
  if ((mode & othersMay) !== 0) {
    throw failed(path, "is open to others", `see who was there, then: chmod ${what === "file" ? 600 : 700} ${path}`);
  }
  if (uid !== process.getuid?.()) throw failed(path, "belongs to somebody else", "give another --login-file");
}

async function own(path: string) {
  const found = await lstat(path);
  return { mode: found.mode, uid: found.uid, isFile: found.isFile(), isDirectory: found.isDirectory() };
}

async function prepareFolder(file: string): Promise<void> {
  const folder = dirname(file);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await chmod(folder, 0o700);
  await checkOwn(folder, "folder");
}

async function writeOwn(file: string, text: string): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  try {
    await prepareFolder(file);
    const handle = await open(partial, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw told(file, error);
  }
}

function told(file: string, error: unknown): unknown {
  const code = codeOf(error);
  return code === undefined ? error : failed(file, `cannot be used (${code})`, "check the path and who may use it");
}

const codeOf = (error: unknown) =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
