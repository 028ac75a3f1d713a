import type { Beliefs } from "../beliefs.ts";

const forms = ["zulu", "fraction", "bare", "shifted"] as const;

function formOf(dates: Beliefs["dates"], row: number) {
  return dates === "mixed" ? (forms[row % forms.length] ?? "zulu") : dates;
}

/** Year 1, in one of the forms in which the service writes "never" (facts 1.5, 2.7). */
export function neverDate(dates: Beliefs["dates"], row: number): string {
  const form = formOf(dates, row);
  if (form === "zulu") return "0001-01-01T00:00:00Z";
  // The example of a service principal has this one, which is midnight of another zone.
  if (form === "shifted") return "0001-01-01T08:00:00Z";
  return form === "bare" ? "0001-01-01T00:00:00" : "0001-01-01T00:00:00.0000000Z";
}

/** A date with up to seven digits of fraction, which JavaScript's own form never has (facts 1.5). */
export function wireDate(time: number, dates: Beliefs["dates"], row: number): string {
  if (time === 0) return neverDate(dates, row);
  const text = new Date(time).toISOString().slice(0, -1);
  const form = formOf(dates, row);
  if (form === "bare") return text;
  return form === "fraction" ? `${text}${String((row * 7919) % 10_000).padStart(4, "0")}Z` : `${text}Z`;
}
