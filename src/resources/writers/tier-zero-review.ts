import type { Call } from "../../call.ts";
import type { Change, ChangePolicy } from "../../connector/changes.ts";
import { isConnectorError } from "../../errors.ts";
import type { Principal } from "./principals.ts";
import { isTierZeroGuarded } from "./tier-zero.ts";

/**
 * Looks again, after a grant to those that Tier 0 is kept from: of two at once, one that gives Tier 0 to a group and one
 * that puts somebody into it, neither sees the other before it is made.
 */
export function tierZeroReview(
  policy: ChangePolicy,
  principal: Principal,
  guard: (call: Call) => Promise<void>,
  undo: NonNullable<Change["undo"]>,
): Pick<Change, "restsOn" | "review" | "undo"> {
  // Without the right for Tier 0, people get no other answer than they would have a moment before.
  if (!isTierZeroGuarded({ ...policy, level: "privileged" }, principal)) return {};
  return {
    restsOn: ["tier zero"],
    undo,
    async review(call) {
      try {
        await guard(call);
        return undefined;
      } catch (error) {
        if (isConnectorError(error, "refused")) return error.message;
        throw error;
      }
    },
  };
}
