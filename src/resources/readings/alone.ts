import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { kindOf } from "../../azure-devops/descriptors.ts";
import type { Team } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import type { Member } from "./member-resolution.ts";
import { typeOfKind } from "./principals.ts";

/**
 * Says as which resources a few members are reported without reading any listing: a subject that can be looked up and
 * was not removed is in the listings, every other is an unknown identity.
 */
export async function refsAlone(
  { graph }: AzureDevOpsClient,
  members: readonly Member[],
  teams: ReadonlyMap<string, Team>,
  call: Call,
): Promise<readonly ResourceRef[]> {
  const subjects = await graph.lookup(
    members.map(({ subjectId }) => subjectId),
    call,
  );
  const found = new Map([...subjects].map(([descriptor, subject]) => [safeId(descriptor), subject]));
  return members.map(({ subjectId, active }): ResourceRef => {
    const subject = found.get(subjectId);
    if (kindOf(subjectId) === "service-account") return { type: "service-account", id: subjectId };
    if (!subject || active === false) return { type: "unknown-identity", id: subjectId };
    const team = teams.get(subject.originId?.toLowerCase() ?? "");
    if (team) return { type: "team", id: team.id };
    return { type: typeOfKind[kindOf(subjectId)], id: subjectId };
  });
}
