import type { Tier } from "./namespace.ts";

/** A role of artifact feeds, on one or on all of them. */
export interface FeedRole {
  /** As upstream names it (facts 5.3). */
  readonly name: string;
  readonly slug: string;
  readonly displayName: string;
  readonly tier: Tier;
}

/** Ascending by what they give; `administrator` is shown as Owner. */
export const feedRoles: readonly FeedRole[] = [
  { name: "reader", slug: "reader", displayName: "Reader", tier: 3 },
  { name: "collaborator", slug: "collaborator", displayName: "Collaborator", tier: 2 },
  { name: "contributor", slug: "contributor", displayName: "Contributor", tier: 2 },
  { name: "administrator", slug: "owner", displayName: "Owner", tier: 1 },
];

/** Roles on all feeds of the organization. */
export const globalFeedRoles: readonly FeedRole[] = [
  { name: "feedCreator", slug: "feeds.creator", displayName: "All feeds: Creator", tier: 2 },
  { name: "administrator", slug: "feeds.administrator", displayName: "All feeds: Administrator", tier: 1 },
];

/** The role of a name; one that is not known is `custom`, and `none` is no role. */
export function feedRoleOf(roles: readonly FeedRole[], name: string): FeedRole | "custom" | undefined {
  const lower = name.toLowerCase();
  if (lower === "none") return undefined;
  return roles.find((role) => role.name.toLowerCase() === lower) ?? "custom";
}
