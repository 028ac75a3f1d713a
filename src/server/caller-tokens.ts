import { createHash, timingSafeEqual } from "node:crypto";
import { ConnectorError } from "../errors.ts";

/** The callers' bearer tokens: only their hashes are held. */
export interface CallerTokens {
  /** The name of the caller that a token belongs to; the time that it takes tells nothing of the tokens. */
  callerOf(token: string): string | undefined;
  readonly size: number;
}

/** Shorter ones can be guessed. */
const minTokenLength = 16;

/** `NAME:TOKEN` or `TOKEN`, of the characters that a bearer token may have (RFC 6750, section 2.1). */
const line = /^(?:([\w.-]{1,64}):)?([\w.~+/-]+=*)$/;

/** Takes a token file's text; fails with the number of the line that is none, and never with what is in it. */
export function parseCallerTokens(text: string, file: string): CallerTokens {
  const known: { readonly name: string; readonly hash: Buffer }[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const row = raw.trim();
    if (row === "" || row.startsWith("#")) continue;
    const match = line.exec(row);
    const token = match?.[2];
    if (token === undefined) throw unusable(file, `line ${index + 1} is neither NAME:TOKEN nor TOKEN`);
    if (token.length < minTokenLength) {
      throw unusable(file, `the token in line ${index + 1} has less than ${minTokenLength} characters`);
    }
    known.push({ name: match?.[1] ?? `token ${known.length + 1}`, hash: sha256(token) });
  }
  if (known.length === 0) throw unusable(file, "it has no token");
  return {
    callerOf(token) {
      const hash = sha256(token);
      // All are compared, whichever it is.
      return known.reduce<string | undefined>(
        (found, each) => (timingSafeEqual(hash, each.hash) ? each.name : found),
        undefined,
      );
    },
    size: known.length,
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

function unusable(file: string, cause: string): ConnectorError {
  const remedy = "write one token a line, as NAME:TOKEN, e.g. from `openssl rand -hex 32`";
  return new ConnectorError("refused", `${file} cannot be used: ${cause}; ${remedy}`);
}
