import { type Credential, factsOf } from "../azure-devops/credential.ts";
import type { Call } from "../call.ts";
import { howToGrant, type Permission } from "../microsoft-graph/answers.ts";
import { withoutPermission } from "../resources/graph-rights.ts";
import { type Finding, failedBy, ok, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

const check = "microsoft-graph";

/** What is to be allowed, and for which service. */
export interface GraphQuestion {
  readonly resource: string;
  /** Every sync reads who is in groups. */
  readonly reads: boolean;
  /** Groups are changed. */
  readonly manages: boolean;
}

const toChange = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
/** Each allows what is asked for; the least that does is the one to grant. */
const sufficient: Readonly<Record<Permission, readonly string[]>> = {
  "GroupMember.ReadWrite.All": toChange,
  "GroupMember.Read.All": ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All", ...toChange],
};

/** Whether the caller may do what is asked for in Microsoft Graph, as far as its token tells; nothing is tried. */
export async function checkMicrosoftGraph(
  { forResource }: Credential,
  { resource, reads, manages }: GraphQuestion,
  patience: Patience,
  call: Call,
): Promise<Finding> {
  const permission = manages ? "GroupMember.ReadWrite.All" : "GroupMember.Read.All";
  try {
    const authorization = await patience(async () => forResource?.(resource).authorization(call.signal));
    const { isApplication, roles = [], scopes = [] } = factsOf(authorization?.replace(/^Bearer /, "") ?? "");
    const permissions = isApplication ? roles : scopes;
    const told = `${isApplication ? "application" : "delegated"} permissions: ${permissions.join(", ") || "none"}`;
    if (sufficient[permission].some((each) => permissions.includes(each))) return ok(check, told);
    return warning(check, `${told}; ${permission} is missing`, {
      disables: withoutPermission(permission),
      remedy: howToGrant(permission),
    });
  } catch (error) {
    const finding = failedBy(check, error);
    if (reads) return finding;
    const remedy = "mend that, or set --entra-groups refuse: syncs do without";
    return warning(check, finding.detail, { disables: withoutPermission(permission), remedy });
  }
}
