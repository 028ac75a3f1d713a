import type { AzureDevOpsClient } from "../azure-devops/client.ts";
import { isEntraGroup } from "../azure-devops/descriptors.ts";
import type { Call } from "../call.ts";
import { type Finding, failedBy, ok, warning } from "./finding.ts";

/** How changes of groups whose members Microsoft Entra keeps are answered, as long as nobody has decided it. */
export async function checkEntraGroups(client: AzureDevOpsClient, call: Call): Promise<Finding> {
  try {
    let count = 0;
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const { items, next }: Awaited<ReturnType<typeof client.graph.listGroups>> = await client.graph.listGroups(
        cursor,
        call,
      );
      count += items.filter(({ descriptor }) => isEntraGroup(descriptor)).length;
      cursor = next;
    }
    if (count === 0) return ok("entra-groups", "no group of Microsoft Entra is in the organization");
    const told = `${count} groups are kept by Microsoft Entra, and --entra-groups is not set: a Grant or Revoke of their membership is answered with success and changes nothing`;
    return warning("entra-groups", told, { remedy: "set --entra-groups refuse, or manage to change them there" });
  } catch (error) {
    return failedBy("entra-groups", error);
  }
}
