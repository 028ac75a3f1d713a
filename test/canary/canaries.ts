import { randomBytes } from "node:crypto";

/** A secret made for one way into the connector: whatever is written with a piece of it tells which way leaks. */
export interface Canary {
  /** The way that it went in, e.g. `pat by BATON_PAT`. */
  readonly name: string;
  readonly text: string;
}

/** One of the ways in which a secret can be written. */
export interface Form {
  readonly canary: Canary;
  readonly name: string;
  readonly text: string;
  /** So many characters in a row give something away. */
  readonly pieceLength: number;
}

/** Pieces of a secret that are shorter tell nothing. */
const pieceLength = 12;

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Random text of the alphabet that personal access tokens have. */
export function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join("");
}

/** With the length and the mark of today's personal access tokens (facts 8.4). */
export function randomToken(): string {
  return `${randomText(76)}AZDO${randomText(4)}`;
}

/** With the form of a Microsoft Entra access token; only the signature makes it a secret. */
export function randomWebToken(): { readonly token: string; readonly signature: string } {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const claims = { aud: "499b84ac-1321-427f-aa17-267ca6975798", iss: "https://issuer.example/", exp: 4_000_000_000 };
  const signature = randomBytes(64).toString("base64url");
  return { token: [encode({ typ: "JWT", alg: "RS256" }), encode(claims), signature].join("."), signature };
}

/** Every way of writing a secret that is searched for, each whole or in pieces, in upper or in lower case. */
export function formsOf(canary: Canary): Form[] {
  const { text } = canary;
  const form = (name: string, written: string, growth = 1) => ({
    canary,
    name,
    text: written,
    pieceLength: Math.ceil(pieceLength * growth),
  });
  return [
    form("as it is", text),
    ...[0, 1, 2].flatMap((shift) => [
      form(`base64 after ${shift} bytes`, base64After(text, shift)),
      form(`base64url after ${shift} bytes`, base64After(text, shift).replaceAll("+", "-").replaceAll("/", "_")),
    ]),
    form("URL-encoded", encodeURIComponent(text)),
    form("URL-encoded, each character", hexOf(text).replace(/../g, "%$&"), 3),
    form("JSON-escaped", JSON.stringify(text).slice(1, -1)),
    form("JSON-escaped, each character", hexOf(text).replace(/../g, "\\u00$&"), 6),
    form("hexadecimal", hexOf(text), 2),
  ];
}

const hexOf = (text: string) => Buffer.from(text, "utf8").toString("hex");

/** What base64 makes of a text at its place in a longer one (`:text`, `name:text`), without what is shared with others. */
function base64After(text: string, shift: number): string {
  const encoded = Buffer.from("\0".repeat(shift) + text, "utf8").toString("base64");
  return encoded.slice(shift === 0 ? 0 : 4, encoded.replace(/=+$/, "").length - 1);
}
