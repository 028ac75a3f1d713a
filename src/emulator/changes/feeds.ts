import type { ChangeableState } from "../changeable.ts";
import type { FeedPermission, GlobalFeedPermission } from "../feeds.ts";
import type { Commit } from "./commit.ts";

/** Changes of who may do what with feeds. */
export interface FeedChanges {
  setFeedPermissions(feedId: string, permissions: readonly FeedPermission[]): void;
  /** Administrators of all feeds hold the role on each by inheritance (facts 5.3). */
  setGlobalFeedPermissions(global: readonly GlobalFeedPermission[]): void;
}

/** What is inherited on a feed comes first, and only to whom holds nothing of their own there. */
function inheriting(permissions: readonly FeedPermission[], global: readonly GlobalFeedPermission[]): FeedPermission[] {
  const own = permissions.filter(({ inherited }) => !inherited);
  const held = new Set(own.map(({ who }) => who));
  const administrators = global.filter(({ role, who }) => role === "administrator" && !held.has(who));
  return [
    ...administrators.map(({ who }): FeedPermission => ({ who, role: "administrator", inherited: true })),
    ...own,
  ];
}

/** The changes of feeds. */
export function createFeedChanges(state: ChangeableState, commit: Commit): FeedChanges {
  const { feeds, global } = state.feeds;

  function setFeedPermissions(feedId: string, permissions: readonly FeedPermission[]): void {
    const at = feeds.findIndex(({ id }) => id === feedId);
    const before = feeds[at];
    if (!before) throw new RangeError(`no feed ${feedId}`);
    const after = { ...before, permissions };
    commit(
      "feeds",
      () => void feeds.splice(at, 1, after),
      () => void feeds.splice(at, 1, before),
    );
  }

  return {
    setFeedPermissions,
    setGlobalFeedPermissions: (after) => {
      const before = [...global];
      const set = (all: readonly GlobalFeedPermission[]) => () => void global.splice(0, global.length, ...all);
      commit("feeds", set(after), set(before));
      for (const { id, permissions } of [...feeds]) setFeedPermissions(id, inheriting(permissions, after));
    },
  };
}
