import { locations } from "../locations.ts";
import { badArgument } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok, okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { namespaceOf, unknownNamespace } from "./security-namespaces.ts";

/** Permissions are a signed number of 32 bits. */
const largestMask = 2 ** 31 - 1;

/** Whether a value is a number of permissions. */
export function isMask(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largestMask;
}

/** Whether the caller has all bits by the lists, or is an administrator where those are asked to pass (facts 4.4). */
function answerer(call: Call, administratorsPass: boolean) {
  const { caller } = call.state;
  const passes = administratorsPass && call.lookup.isAdministrator(caller);
  return (namespaceId: string, token: string, bit: number) =>
    passes || call.lookup.evaluator.listsAllow({ subject: caller, namespaceId, token, bit });
}

/** For each token; the document leaves open what no `tokens` means, here it is the empty token. */
function hasPermissions(call: Call): Reply {
  const { id } = namespaceOf(call);
  const asked = call.param("permissions");
  const bits = /^\d+$/.test(asked) ? Number(asked) : undefined;
  if (!isMask(bits)) throw badArgument(`"${asked}" is no number of permissions.`);
  const has = answerer(call, call.query.get("alwaysallowadministrators")?.toLowerCase() === "true");
  const tokens = (call.query.get("tokens") ?? "").split(call.query.get("delimiter") || ",");
  return okList(tokens.map((token) => has(id, token, bits)));
}

/** Fields of a body, by their names in lower case: the example writes them so (SPEC example). */
function lowerFields(value: unknown): ReadonlyMap<string, unknown> {
  if (!isRecord(value)) return new Map();
  return new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

/** Each evaluation with its value; none is left out, and none ends the others (SPEC). */
function hasPermissionsBatch(call: Call): Reply {
  const body = lowerFields(call.body);
  const asked = body.get("evaluations");
  if (!Array.isArray(asked)) throw badArgument("The body must have a list of evaluations.");
  const administratorsPass = body.get("alwaysallowadministrators") === true;
  const has = answerer(call, administratorsPass);
  const evaluations = asked.map((each: unknown) => {
    const fields = lowerFields(each);
    const namespaceId = canonicalGuid(String(fields.get("securitynamespaceid")));
    const permissions = fields.get("permissions");
    const token = fields.get("token");
    const known = call.state.namespaces.some(({ id }) => id === namespaceId);
    if (namespaceId === undefined || !known) throw unknownNamespace(String(fields.get("securitynamespaceid")));
    if (typeof token !== "string") throw badArgument("Each evaluation must have a token.");
    if (!isMask(permissions)) throw badArgument(`${JSON.stringify(permissions)} is no number of permissions.`);
    return { securityNamespaceId: namespaceId, token, permissions, value: has(namespaceId, token, permissions) };
  });
  return ok({ ...(administratorsPass ? { alwaysAllowAdministrators: true } : {}), evaluations });
}

/** What the caller may; nothing evaluates another's access (facts 4.4). */
export function permissionRoutes(scopes: readonly string[]): readonly Route[] {
  return [
    {
      method: "GET",
      path: "_apis/permissions/{securityNamespaceId}/{permissions}",
      location: locations.permissions,
      scopes,
      handle: hasPermissions,
    },
    {
      method: "POST",
      path: "_apis/security/permissionevaluationbatch",
      location: locations.permissionEvaluationBatch,
      scopes,
      handle: hasPermissionsBatch,
    },
  ];
}
