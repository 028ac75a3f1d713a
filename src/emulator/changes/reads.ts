import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import type { StatePart } from "../state.ts";

const readers: readonly (readonly [RegExp, readonly StatePart[]])[] = [
  [/graph\/memberships|_apis\/identit|\/members$/i, ["memberships"]],
  [/teams\/\{teamId\}\/members$|accesscontrollists|roleassignments/i, ["lists"]],
  [/_apis\/permissions\/|permissionevaluationbatch/i, ["lists", "memberships"]],
  [/(user|member|serviceprincipal)entitlements/i, ["entitlements"]],
  [/packaging\/.*permissions/i, ["feeds"]],
  [/tokenadmin/i, ["tokens"]],
];

/** What a route reads, as far as writes of it may show late. */
export function partsReadBy(path: string): readonly StatePart[] {
  return readers.flatMap(([pattern, parts]) => (pattern.test(path) ? parts : []));
}

/** A reply whose rows are made now, not while they are sent. */
export function settled(reply: Reply): Reply {
  return isRecord(reply.body) ? { ...reply, body: { ...reply.body } } : reply;
}
