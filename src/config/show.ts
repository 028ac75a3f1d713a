import { mask, withoutTokens } from "../redaction.ts";
import type { Setting } from "./settings.ts";

/** An option's value as it may be shown to anybody; "" when it has none. */
export function shownValue({ option, value, text = "", wrong }: Setting): string {
  if (wrong) return "(wrong)";
  if (value === undefined) return "";
  if (option.secret) return mask;
  if (typeof value === "object") return withoutTokens(value.join(", "));
  if (option.kind === "choice") return String(value);
  if (option.kind !== "text") return withoutTokens(text);
  return withoutCredentials(text);
}

/** A URL can hold a password, and its query a token. */
function withoutCredentials(text: string): string {
  const url = URL.parse(text);
  const shown = withoutTokens(text);
  if (!url || url.host === "") return text.includes("@") ? mask : shown;
  const user = url.username || url.password ? `${mask}@` : "";
  const query = url.search || url.hash ? `?${mask}` : "";
  return user || query ? withoutTokens(`${url.protocol}//${user}${url.host}${url.pathname}${query}`) : shown;
}
