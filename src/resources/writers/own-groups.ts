import { kindOf } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { isConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import type { Principal } from "./principals.ts";
import { guardSelf } from "./self.ts";

/** Of what was given to a group: why this connector will refuse to take it back, as a note; none where it will not. */
export async function notesOfOwnGroup(readings: Readings, principal: Principal, call: Call): Promise<string[]> {
  if (kindOf(principal.descriptor) !== "group") return [];
  try {
    await guardSelf(readings, principal, call);
    return [];
  } catch (error) {
    if (!isConnectorError(error, "refused")) throw error;
    return [`nobody takes this back through this connector: ${error.message}`];
  }
}
