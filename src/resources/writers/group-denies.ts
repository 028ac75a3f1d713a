import { subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { AccessControlEntry } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { ConnectorError } from "../../errors.ts";
import { withoutBits } from "../../permissions/bits.ts";
import type { Readings } from "../readings/index.ts";
import { containersOf } from "./containers.ts";
import type { Principal } from "./principals.ts";

/** What is to be given in a list. */
interface Given {
  readonly entries: readonly AccessControlEntry[];
  readonly bits: number;
  readonly label: string;
}

/** Fails where a group is denied what is given: its deny in the same list beats what its members are allowed (facts 4.5). */
export async function guardGroupDenies(
  readings: Readings,
  { descriptor, name }: Principal,
  { entries, bits, label }: Given,
  call: Call,
): Promise<void> {
  const denying = entries.filter(({ deny }) => withoutBits(bits, deny) !== bits);
  if (denying.length === 0) return;
  const chain = await containersOf(readings, descriptor, call);
  const groups = denying.map((entry) => subjectOfIdentity(entry.descriptor) ?? "");
  const denied = groups.find((each) => each !== descriptor && chain.has(each));
  if (denied === undefined) return;
  const group = (await readings.client.graph.getGroup(denied, call))?.principalName || denied;
  throw new ConnectorError(
    "refused",
    `it would have no effect: ${name} is in ${group}, which is denied ${label}: take the deny away in Azure DevOps, or them out of the group`,
  );
}
