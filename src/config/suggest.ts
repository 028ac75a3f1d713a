import { closestMatch } from "leven";

/** `; did you mean X?` when something known is near to what was written, else nothing. */
export function suggestion(written: string, known: readonly string[]): string {
  const wanted = written.slice(0, 100).toLowerCase();
  const spelling = new Map(known.map((word) => [word.toLowerCase(), word]));
  const maxDistance = Math.max(2, Math.floor(wanted.length / 4));
  const found = closestMatch(wanted, [...spelling.keys()], { maxDistance });
  return found === undefined ? "" : `; did you mean ${spelling.get(found)}?`;
}

/** What somebody wrote, in quotes and short enough for a message. */
export function quoted(written: string): string {
  return JSON.stringify(written.length > 40 ? `${written.slice(0, 40)}…` : written);
}
