import { Refusal } from "../problems.ts";
import type { Call, Route } from "../router.ts";
import { subjectAt } from "../state.ts";

/** The caller lacks the right, whatever the token's scopes (facts 11.2; no document tells the permission's name of each). */
export function accessDenied(call: Call): Refusal {
  const { displayName } = subjectAt(call.state, call.state.caller);
  const message = `TF50309: The following account does not have sufficient permissions to complete the operation: ${displayName}.`;
  return new Refusal(403, "AccessCheckException", message);
}

/** A route that changes something; a caller who may not is refused before anything is read. */
export function writing(route: Omit<Route, "write">): Route {
  const handle = (call: Call) => {
    if (!call.settings.callerMayChange) throw accessDenied(call);
    return route.handle(call);
  };
  return { ...route, handle, write: true };
}
