/** Feeds of Azure Artifacts, who holds which role on them, and who sees their views (facts 5.3). */
export type FeedRole = "administrator" | "contributor" | "collaborator" | "reader" | "none" | "custom";

/** The role of one identity on a feed. */
export interface FeedPermission {
  /** Index of a subject, or an identity descriptor that belongs to none. */
  readonly who: number | string;
  readonly role: FeedRole;
  /** Comes from the organization, and cannot be taken away here. */
  readonly inherited: boolean;
}

/** What of a feed is shown to whom; the view of the service itself is there always. */
export interface FeedView {
  readonly id: string;
  readonly name: string;
  readonly type: "implicit" | "release";
  readonly visibility: "private" | "collection" | "organization" | "aadTenant";
}

/** Another source that a feed passes on. */
export interface Upstream {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly protocol: string;
  readonly deleted: boolean;
}

/** A feed of the organization, or of one project. */
export interface Feed {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly project?: number;
  readonly views: readonly FeedView[];
  readonly upstreams: readonly Upstream[];
  readonly permissions: readonly FeedPermission[];
  /** Epoch milliseconds; a deleted feed is in the recycle bin. */
  readonly deleted?: number;
}

/** Who may make feeds, and who administers all of them. */
export interface GlobalFeedPermission {
  readonly who: number | string;
  readonly role: "administrator" | "feedCreator" | "none";
}

/** All feeds. */
export interface Feeds {
  readonly feeds: readonly Feed[];
  readonly global: readonly GlobalFeedPermission[];
}
