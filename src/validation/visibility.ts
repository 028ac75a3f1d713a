import type { AzureDevOpsClient } from "../azure-devops/client.ts";
import { allRows } from "../azure-devops/list-answers.ts";
import { organizationLevelData } from "../azure-devops/security.ts";
import type { AccessControlList } from "../azure-devops/security-schemas.ts";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import { type Finding, failedBy, ok, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

const check = "visibility";

/**
 * Whether the caller sees the whole organization. With "limit user visibility" on, a member of Project-Scoped Users gets
 * shorter lists and no error; what tells is that the group is denied a view (facts 9.3; the token of that entry is
 * documented nowhere, so it is taken from the lists that there are).
 */
export async function checkVisibility(
  { security }: AzureDevOpsClient,
  patience: Patience,
  call: Call,
): Promise<Finding> {
  const { namespaceId, view } = organizationLevelData;
  try {
    const lists = await patience(() =>
      security.readAccessControlLists(namespaceId, {}, allRows<AccessControlList>, call),
    );
    const tokens = lists.map(({ token }) => token);
    if (tokens.length === 0) return ok(check, "nobody is limited to a part of the organization");
    const seen = await patience(() => security.hasPermissions(namespaceId, { bits: view, tokens }, call));
    if (seen.every(Boolean)) return ok(check, "the token's owner sees the whole organization");
    return warning(check, "the token's owner is among the Project-Scoped Users: Azure DevOps hides people and groups", {
      disables: "complete lists: what is hidden looks like removed, without any error",
      remedy: "take the owner out of the group Project-Scoped Users, or use an identity that is not in it",
    });
  } catch (error) {
    if (!isConnectorError(error, "forbidden", "unauthenticated", "wrong-route", "not-found"))
      return failedBy(check, error);
    return warning(check, `cannot be found out: ${error.message}`, {
      disables: "certainty that lists are complete, where the organization limits user visibility",
      remedy:
        "give the token the scope Security (Manage), or see to it that its owner is not among Project-Scoped Users",
    });
  }
}
