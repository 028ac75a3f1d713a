import type { ChangeRecord } from "./records.ts";

/** What a record tells of a grant: it is about to be made, was there already, was not made after all, or is over. */
export type GrantEvent = "begun" | "already" | "void" | "over";

export function grantEventOf({
  action,
  outcome,
  lapsed,
  closes,
}: Pick<ChangeRecord, "action" | "outcome" | "lapsed" | "closes">): GrantEvent | undefined {
  if (action === "revoke") {
    return outcome === "performed" || outcome === "already" || lapsed === true ? "over" : undefined;
  }
  if (action !== "grant") return undefined;
  if (outcome === "begun" || outcome === "already") return outcome;
  // What was begun and is known not to be there took nothing.
  return closes !== undefined && (outcome === "refused" || outcome === "not_performed") ? "void" : undefined;
}
