import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Feed, FeedView, GlobalFeedPermission } from "../../azure-devops/feeds.ts";
import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { isConnectorError } from "../../errors.ts";
import { createInterner } from "../../permissions/access-table.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import { readHolders } from "../permissions/holders.ts";
import type { Access } from "../readings/access.ts";
import { mapFew } from "../readings/few.ts";
import type { IdentityResolver } from "../readings/identities.ts";
import type { Member } from "../readings/member-resolution.ts";
import type { Vanished } from "../readings/vanished.ts";

/** A role that somebody has, by the name that upstream gives it. */
export interface FeedHolding {
  readonly holder: Member;
  readonly role: string;
  readonly inherited: boolean;
}

/** Artifact feeds of the organization and its projects; nothing where the token may not read them. */
export interface FeedReading {
  /** Ascending by id. */
  all(call: Call): Promise<ReadonlyMap<string, Feed>>;
  /** Views by feed: one request a feed, there is no other way. */
  views(call: Call): Promise<ReadonlyMap<string, readonly FeedView[]>>;
  /** Who has which role on which feed: one request a feed, there is no other way. */
  holdings(call: Call): Promise<ReadonlyMap<string, readonly FeedHolding[]>>;
  /** Who has roles on all of them. */
  global(call: Call): Promise<readonly FeedHolding[]>;
  holders(call: Call): Promise<readonly Member[]>;
}

export interface FeedSources {
  readonly client: AzureDevOpsClient;
  readonly access: Access;
  readonly resolver: IdentityResolver;
  readonly vanished: Vanished;
}

/** A permission with its descriptor numbered. */
interface Numbered extends Omit<FeedHolding, "holder"> {
  readonly who: number;
}

export function createFeedReading(
  { client, access, resolver, vanished }: FeedSources,
  life: SharedOptions,
): FeedReading {
  const { feeds } = client;

  const all = createShared(async (call: Call) => {
    if (await access.absence("feeds", call)) return new Map<string, Feed>();
    const found = [...(await feeds.list(call))].sort((a, b) => compareText(a.id, b.id));
    return new Map(found.map((feed) => [feed.id, feed]));
  }, life);

  async function ofEach<T>(what: string, read: (feed: Feed, call: Call) => Promise<readonly T[]>, call: Call) {
    const kind = `feeds whose ${what} were asked for`;
    vanished.begin(kind);
    const entries = await mapFew([...(await all.get(call)).values()], async (feed) => {
      try {
        return [feed.id, await read(feed, call)] as const;
      } catch (error) {
        if (!isConnectorError(error, "not-found")) throw error;
        // The feed went since it was listed; the others are still there.
        vanished.add(kind, feed.id);
        return [feed.id, []] as const;
      }
    });
    return new Map<string, readonly T[]>(entries);
  }

  const views = createShared(
    (call) => ofEach("views", (feed, own) => feeds.listViews({ id: feed.id, projectId: feed.project?.id }, own), call),
    life,
  );

  const read = createShared(async (call: Call) => {
    // Roles are held by identity descriptors, which only the identity service can tell apart.
    if (await access.absence("identities", call)) return { ofFeeds: new Map(), ofAll: [], holders: [] };
    const descriptors = createInterner();
    const numbered = (descriptor: string, role: string, inherited: boolean): Numbered => {
      return { who: descriptors.numberOf(descriptor), role, inherited };
    };
    const ofFeeds = await ofEach(
      "permissions",
      async ({ id, project }, own) => {
        const permissions = await feeds.listPermissions({ id, projectId: project?.id }, own);
        return permissions.map((each) => numbered(each.identityDescriptor, each.role, each.isInheritedRole));
      },
      call,
    );
    const ofAll = (await globalPermissions(call)).map((each) => numbered(each.identityDescriptor, each.role, false));
    const holders = await readHolders(descriptors, resolver, call);
    const holding = ({ who, role, inherited }: Numbered) => ({ holder: holders.of(who), role, inherited });
    return {
      ofFeeds: new Map([...ofFeeds].map(([id, permissions]) => [id, permissions.map(holding)])),
      ofAll: ofAll.map(holding),
      holders: holders.all(),
    };
  }, life);

  async function globalPermissions(call: Call): Promise<readonly GlobalFeedPermission[]> {
    return (await access.absence("feeds", call)) ? [] : feeds.globalPermissions(call);
  }

  return {
    all: all.get,
    views: views.get,
    holdings: async (call) => (await read.get(call)).ofFeeds,
    global: async (call) => (await read.get(call)).ofAll,
    holders: async (call) => (await read.get(call)).holders,
  };
}
