import type { Call } from "../../call.ts";
import { entitlementId } from "../../connector/ids.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { containersOf } from "../writers/containers.ts";
import type { Account } from "./find.ts";
import type { WantedAccount } from "./form.ts";

/** In what an account that is there is not as it was ordered, for people: it is left as it is. */
export async function differencesOf(
  readings: Readings,
  { level, memberships }: WantedAccount,
  account: Account,
  call: Call,
): Promise<readonly string[]> {
  const lacking = await lackingOf(readings, memberships, account, call);
  const ids = lacking.map(({ resource, slug }) => entitlementId(resource, slug));
  const isOther = level.isAsked && !isLevel(account, level.id);
  return [
    ...(isOther
      ? [`they have the access level ${account.level.name}, and not ${level.name}: order it by a Grant`]
      : []),
    ...(ids.length > 0 ? [`they lack what was asked for besides: order it by a Grant: ${ids.join(", ")}`] : []),
  ];
}

/** Which subscription to Visual Studio somebody has is found out by Azure DevOps (facts 6.1). */
function isLevel({ level }: Account, id: string): boolean {
  return level.id === id || (id === "visual-studio-subscriber" && (level.id?.startsWith("visual-studio-") ?? false));
}

async function lackingOf(
  readings: Readings,
  memberships: WantedAccount["memberships"],
  { subject }: Account,
  call: Call,
): Promise<WantedAccount["memberships"]> {
  if (memberships.length === 0) return [];
  const chain = await containersOf(readings, subject.descriptor, call);
  const groups = await mapFew(memberships, async ({ resource }) =>
    resource.type === "team" ? readings.client.graph.getDescriptor(resource.id, call) : resource.id,
  );
  return memberships.filter((_, at) => !chain.has(groups[at] ?? ""));
}
