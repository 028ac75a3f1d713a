import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import { subjectAt } from "../state.ts";

/** The caller lacks the right, whatever the token's scopes (facts 11.2; no document tells the permission's name of each). */
export function accessDenied(call: Call): Refusal {
  const { displayName } = subjectAt(call.state, call.caller);
  const message = `TF50309: The following account does not have sufficient permissions to complete the operation: ${displayName}.`;
  return new Refusal(403, "AccessCheckException", message);
}

/** A JSON patch has a content type of its own, and nothing else is taken for one (facts 15.2). */
export function patchOf(call: Call): readonly PatchOperation[] {
  const type = "application/json-patch+json";
  if (call.contentType !== type) {
    const message = `The request indicated a Content-Type of "${call.contentType}" for method type "PATCH" which is not supported. Valid content types for this method are: ${type}.`;
    throw new Refusal(400, "VssRequestContentTypeNotSupportedException", message);
  }
  if (!Array.isArray(call.body) || call.body.length === 0) throw badArgument("The body must be a JSON patch.");
  return call.body.map((each: unknown) => {
    const { op, path, value } = isRecord(each) ? each : {};
    if (typeof op !== "string" || typeof path !== "string") throw badArgument("Each operation must have op and path.");
    return { op: op.toLowerCase(), path, value };
  });
}

/** One operation of a JSON patch. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** A route that changes something, or nothing when it refuses; a caller who may not is refused before anything is read. */
export function writing(route: Omit<Route, "write">, forbidden?: (call: Call) => Reply): Route {
  const handle = (call: Call) => {
    if (!call.settings.callerMayChange) {
      if (forbidden) return forbidden(call);
      throw accessDenied(call);
    }
    return call.journal.whole(() => route.handle(call));
  };
  return { ...route, handle, write: true };
}
