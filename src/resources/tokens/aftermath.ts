import { kindOf } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import type { Readings } from "../readings/index.ts";
import { stateOf } from "./state.ts";

/** Which tokens the removal of somebody ends (facts 8.1), for people; counted where tokens are read at all. */
export async function tokensThatEnd(readings: Readings, descriptor: string, call: Call): Promise<readonly string[]> {
  // Applications own none (facts 9.4).
  if (kindOf(descriptor) !== "user") return [];
  const told = "personal access tokens and SSH keys of theirs are refused from then on";
  if (readings.options.personalAccessTokens === "off") {
    return [`${told}; they are counted with --personal-access-tokens only`];
  }
  const absence = await readings.access.absence("personal-access-tokens", call);
  if (absence) return [`${told}; they cannot be counted: ${absence.remedy}`];
  const tokens = await readings.tokens.of(descriptor, call);
  const valid = tokens.filter(({ token }) => stateOf(token, Date.now()) === "valid");
  if (valid.length === 0) return [];
  const names = valid.map(({ token }) => token.displayName || token.authorizationId);
  return [`${told}, ${valid.length} that are valid: ${names.join("; ")}`];
}
