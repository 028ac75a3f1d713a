import { createHash } from "node:crypto";

/**
 * A slug from an action's name, which no language changes: `ForcePush` gives `force_push`, `GENERIC_READ`
 * `generic_read`. Undefined for a name that leaves nothing a slug may hold.
 */
export function actionSlug(name: string): string | undefined {
  const words = name
    .trim()
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return words === "" ? undefined : words.slice(0, 64);
}

/** Stands for a bit that no action names. */
export function bitSlug(bit: number): string {
  return `bit_${bit}`;
}

const digits = "0123456789abcdefghijklmnopqrstuv";

/** Rows of one token follow each other. */
let last: { readonly token: string | undefined; readonly slug: string } = { token: undefined, slug: "" };

/** 130 bits of SHA-256 in 26 lower case characters, since slugs know no upper case: an upstream token inside a slug. */
export function tokenSlug(canonicalToken: string): string {
  if (last.token !== canonicalToken) last = { token: canonicalToken, slug: hashed(canonicalToken) };
  return last.slug;
}

function hashed(canonicalToken: string): string {
  const hash = createHash("sha256").update(canonicalToken, "utf8").digest();
  let slug = "";
  for (let at = 0; at < 130; at += 5) {
    const pair = ((hash[at >> 3] ?? 0) << 8) | (hash[(at >> 3) + 1] ?? 0);
    slug += digits[(pair >> (11 - (at & 7))) & 31];
  }
  return slug;
}
