import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { kindOf } from "../../azure-devops/descriptors.ts";
import type { Team } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import type { Member } from "./member-resolution.ts";
import { typeOfKind } from "./principals.ts";
import { heldEntitlement } from "./subjects.ts";

/**
 * Says as which resources a few members are reported without reading any listing: a subject that can be looked up and
 * was not removed is in the listings, every other is an unknown identity.
 */
export async function refsAlone(
  client: AzureDevOpsClient,
  members: readonly Member[],
  teams: ReadonlyMap<string, Team>,
  call: Call,
): Promise<readonly ResourceRef[]> {
  const subjects = await client.graph.lookup(
    members.map(({ subjectId }) => subjectId),
    call,
  );
  const found = new Map([...subjects].map(([descriptor, subject]) => [safeId(descriptor), subject]));
  const refs = members.map(async ({ subjectId, active }): Promise<ResourceRef> => {
    const subject = found.get(subjectId);
    if (kindOf(subjectId) === "service-account") return { type: "service-account", id: subjectId };
    const isListed = subject && (active !== false || (await hasEntitlement(client, subject.descriptor, call)));
    if (!isListed) return { type: "unknown-identity", id: subjectId };
    const team = teams.get(subject.originId?.toLowerCase() ?? "");
    if (team) return { type: "team", id: team.id };
    return { type: typeOfKind[kindOf(subjectId)], id: subjectId };
  });
  return Promise.all(refs);
}

/** A removed user stays in the entitlement listing for a while, as deleted, though Graph lists it no more. */
async function hasEntitlement(
  { graph, memberEntitlements }: AzureDevOpsClient,
  descriptor: string,
  call: Call,
): Promise<boolean> {
  const key = await graph.getStorageKey(descriptor, call);
  return key !== undefined && heldEntitlement(await memberEntitlements.getUser(key, call)) !== undefined;
}
