import { type Credential, factsOf } from "../azure-devops/credential.ts";
import type { Call } from "../call.ts";
import { howToGrant } from "../microsoft-graph/answers.ts";
import { type Finding, failedBy, ok, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

const check = "microsoft-graph";

/** What allows to change members of groups; the first is the least that does. */
const sufficient = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"] as const;

/** Whether the caller may change groups of Microsoft Entra, as far as its token tells; nothing is tried. */
export async function checkMicrosoftGraph(
  { forResource }: Credential,
  resource: string,
  patience: Patience,
  call: Call,
): Promise<Finding> {
  try {
    const authorization = await patience(async () => forResource?.(resource).authorization(call.signal));
    const { isApplication, roles = [], scopes = [] } = factsOf(authorization?.replace(/^Bearer /, "") ?? "");
    const permissions = isApplication ? roles : scopes;
    const told = `${isApplication ? "application" : "delegated"} permissions: ${permissions.join(", ") || "none"}`;
    if (sufficient.some((each) => permissions.includes(each))) return ok(check, told);
    return warning(check, `${told}; ${sufficient[0]} is missing`, {
      disables: "--entra-groups manage: every change of such a group fails",
      remedy: howToGrant(sufficient[0]),
    });
  } catch (error) {
    return failedBy(check, error);
  }
}
