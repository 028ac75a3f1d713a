import { closestMatch } from "leven";
import { withoutTokens } from "../redaction.ts";

/** `; did you mean X?` when something known is near to what was written, else nothing. */
export function suggestion(written: string, known: readonly string[]): string {
  const wanted = written.slice(0, 100).toLowerCase();
  const spelling = new Map(known.map((word) => [word.toLowerCase(), word]));
  const maxDistance = Math.max(2, Math.floor(wanted.length / 4));
  const found = closestMatch(wanted, [...spelling.keys()], { maxDistance });
  return found === undefined ? "" : `; did you mean ${spelling.get(found)}?`;
}

/** What somebody wrote, in quotes, short enough for a message, and without what looks like a token. */
export function quoted(written: string): string {
  const shown = withoutTokens(written);
  return JSON.stringify(shown.length > 40 ? `${shown.slice(0, 40)}…` : shown);
}
