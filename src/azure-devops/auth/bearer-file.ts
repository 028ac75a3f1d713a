import { isConnectorError } from "../../errors.ts";
import type { Secret } from "../../secret.ts";
import { type Credential, factsOf } from "../credential.ts";
import { createKeptRedactor } from "./kept-redactor.ts";
import { readSecretFile } from "./secret-file.ts";

export interface BearerFileOptions {
  readonly file: string;
  /** What it held when the configuration was read. */
  readonly token: Secret;
  readonly now?: () => number;
}

const lookEveryMs = 5_000;

/** An access token that somebody else keeps good in a file, which is read again when it can have changed. */
export function bearerTokenFile({ file, token, now = Date.now }: BearerFileOptions): Credential {
  const kept = createKeptRedactor();
  let current = "";
  let lookedAtMs = now();
  use(token.reveal());

  function use(text: string): void {
    kept.keep("token", text);
    current = text;
  }

  async function look(): Promise<void> {
    lookedAtMs = now();
    try {
      const text = await readSecretFile(file);
      // What no header can carry is half a file, or no token.
      if (/^[ -~]+$/.test(text)) use(text);
    } catch (error) {
      // The token from before may be good for a while yet; what is refused is told as that.
      if (!isConnectorError(error, "unauthenticated")) throw error;
    }
  }

  return {
    kind: "bearer-token",
    async authorization() {
      if (now() - lookedAtMs >= lookEveryMs) await look();
      return `Bearer ${current}`;
    },
    async renew(refused) {
      await look();
      const header = `Bearer ${current}`;
      return header === refused ? undefined : header;
    },
    facts: async () => factsOf(current),
    forResource: undefined,
    redact: kept.redact,
    holds: kept.holds,
    close: async () => undefined,
  };
}
