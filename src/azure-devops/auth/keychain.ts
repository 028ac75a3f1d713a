import { randomBytes } from "node:crypto";
import { ConnectorError } from "../../errors.ts";

/** Holds the key of one file in what the operating system keeps secrets in. */
export interface Keychain {
  /** Undefined when there is none for this file. */
  read(file: string): Promise<Buffer | undefined>;
  /** The key of this file, made when there is none. */
  readOrCreate(file: string): Promise<Buffer>;
  delete(file: string): Promise<void>;
}

const service = "azure-devops-connector";
const keyBytes = 32;

/**
 * The keychain of this machine: Keychain of macOS, Credential Manager of Windows, the Secret Service of Linux (GNOME
 * Keyring, KWallet); the kernel's keyring forgets with the machine's next start and is no substitute. It holds a key
 * and not the tokens, which are larger than some of them take.
 */
export const systemKeychain: Keychain = {
  async read(file) {
    const entry = await entryOf(file);
    const text = await attempt(() => entry.getPassword());
    if (text === null) return undefined;
    const key = Buffer.from(text, "base64");
    if (key.length === keyBytes) return key;
    throw new ConnectorError("refused", "the key in the keychain is damaged; sign out (`logout`) and in again");
  },
  async readOrCreate(file) {
    const found = await this.read(file);
    if (found) return found;
    const key = randomBytes(keyBytes);
    const entry = await entryOf(file);
    await attempt(() => entry.setPassword(key.toString("base64")));
    return key;
  },
  async delete(file) {
    const entry = await entryOf(file);
    await attempt(() => entry.deletePassword());
  },
};

async function entryOf(file: string) {
  return attempt(async () => {
    const { AsyncEntry } = await import("@napi-rs/keyring");
    return new AsyncEntry(service, file, { linux: { store: "secret-service" } });
  });
}

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const told = cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
    throw new ConnectorError(
      "refused",
      `the keychain of this machine cannot be used (${told}); give a passphrase with --login-passphrase-file, or --login-lock none to keep the login unencrypted`,
    );
  }
}
