import { z } from "zod";
import { ConnectorError } from "../../errors.ts";
import type { Keychain } from "./keychain.ts";
import type { LoginStoreOptions } from "./options.ts";
import { createSealedFile } from "./sealed-file.ts";

const storedLogin = z.object({
  tenantId: z.string(),
  clientId: z.string(),
  authorityHost: z.string(),
  user: z.string(),
  /** What was asked for, and is asked for again with each access token. */
  scopes: z.array(z.string()),
  refreshToken: z.string(),
  signedInAtMs: z.number(),
});

/** What is kept of somebody who signed in. */
export type StoredLogin = z.infer<typeof storedLogin>;

export interface LoginStore {
  readonly file: string;
  /** Undefined when nobody is signed in. */
  read(): Promise<StoredLogin | undefined>;
  /** Fails when nothing could be kept. */
  prepare(): Promise<void>;
  write(login: StoredLogin): Promise<void>;
  delete(): Promise<void>;
}

export function createLoginStore(options: LoginStoreOptions, keychain?: Keychain): LoginStore {
  const sealed = createSealedFile(options, keychain);
  return {
    file: options.file,
    async read() {
      const text = await sealed.read();
      if (text === undefined) return undefined;
      try {
        return storedLogin.parse(JSON.parse(text));
      } catch {
        // The parser's own words can repeat the token.
        throw new ConnectorError(
          "refused",
          `${options.file} holds no login of this version; sign in again (\`login\`)`,
        );
      }
    },
    prepare: sealed.prepare,
    write: (login) => sealed.write(JSON.stringify(login)),
    delete: sealed.delete,
  };
}
