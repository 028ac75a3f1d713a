import type { Feed } from "../../azure-devops/feeds.ts";
import type { Call } from "../../call.ts";
import { isConnectorError } from "../../errors.ts";
import { feedRoleOf, feedRoles, globalFeedRoles } from "../../permissions/feed-roles.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { identityOf } from "../writers/entries-by-namespace.ts";

const told = "roles on feeds given to it directly, which it loses";

/**
 * Which roles on feeds somebody loses who goes, for people. They stand in no list of permissions but in a service of
 * their own, a request a feed (facts 5.3): read where feeds are listed at all.
 */
export async function feedRolesThatEnd(readings: Readings, descriptor: string, call: Call): Promise<readonly string[]> {
  const { client, options, access } = readings;
  if (!options.optionalTypes.includes("feed")) return [`${told}: they are read with --sync-feeds only`];
  const absence = await access.absence("feeds", call);
  if (absence) return [`${told}: they cannot be read: ${absence.remedy}`];
  const identity = (await identityOf(readings, descriptor, call))?.toLowerCase();
  if (identity === undefined) return [`${told}: the identity service does not tell which they are`];
  const isOwn = ({ identityDescriptor }: { readonly identityDescriptor: string }) =>
    identityDescriptor.toLowerCase() === identity;
  const ofAll = (await client.feeds.globalPermissions(call))
    .filter((each) => isOwn(each) && feedRoleOf(globalFeedRoles, each.role) !== undefined)
    .map(({ role }) => `${role} of all feeds`);
  const ofFeeds = await mapFew([...(await readings.feeds.all(call)).values()], async (feed) => {
    const permissions = await permissionsOf(readings, feed, call);
    return permissions
      .filter((each) => isOwn(each) && !each.isInheritedRole && feedRoleOf(feedRoles, each.role) !== undefined)
      .map(({ role }) => `${role} of ${feed.name}`);
  });
  const found = [...ofAll, ...ofFeeds.flat()];
  return found.length === 0 ? [] : [`${told}: ${found.join("; ")}`];
}

/** None of a feed that went since it was listed. */
async function permissionsOf({ client }: Readings, { id, project }: Feed, call: Call) {
  try {
    return await client.feeds.listPermissions({ id, projectId: project?.id }, call);
  } catch (error) {
    if (isConnectorError(error, "not-found")) return [];
    throw error;
  }
}
