import type { Feed, FeedPermission, FeedRole, FeedView, GlobalFeedPermission, Upstream } from "../feeds.ts";
import type { Random } from "../prng.ts";
import type { Project } from "../state.ts";
import type { Builder } from "./builder.ts";
import type { CollectionGroups, ProjectGroups } from "./groups.ts";
import type { People } from "./memberships.ts";

interface Making {
  readonly builder: Builder;
  readonly people: People;
  readonly collection: CollectionGroups;
  readonly scopes: ReadonlyMap<number, ProjectGroups>;
  readonly random: Random;
  readonly global: readonly GlobalFeedPermission[];
}

const words = ["shared-packages", "nightly", "web", "Outils", "モバイル", "legacy.nuget"];
const deletedAt = Date.UTC(2026, 8, 14);

function views({ builder, random }: Making, at: number): FeedView[] {
  const open = builder.settings.entra ? (["organization", "aadTenant"] as const) : (["organization"] as const);
  const visibilities = ["private", "collection", "collection", ...open] as const;
  return (["Local", "Prerelease", "Release"] as const).map((name, position) => ({
    id: builder.guid("feed-view", at * 3 + position),
    name,
    type: position === 0 ? "implicit" : "release",
    visibility: random.pick(visibilities),
  }));
}

function upstreams({ builder }: Making, at: number): Upstream[] {
  const id = (position: number) => builder.guid("feed-upstream", at * 2 + position);
  const npm = { id: id(0), name: "npmjs", location: "https://registry.npmjs.org/", protocol: "npm", deleted: false };
  const nuget = {
    id: id(1),
    name: "NuGet Gallery",
    location: "https://api.nuget.org/v3/index.json",
    protocol: "nuget",
  };
  if (at % 3 === 2) return [];
  return at % 4 === 1 ? [npm, { ...nuget, deleted: true }] : [npm];
}

/** The build identity of the project, or of the collection. */
function buildService({ builder, people }: Making, project: Project | undefined): number | undefined {
  const scope = project?.id ?? builder.collectionId;
  return people.serviceAccounts.find((index) => builder.subject(index).principalName === scope);
}

/** Who made it owns it; those who administer every feed hold it here by inheritance, and so does nobody else. */
function permissions(making: Making, project: Project | undefined): FeedPermission[] {
  const { builder, collection, global, people, random, scopes } = making;
  const found: FeedPermission[] = [];
  const add = (who: number | string | undefined, role: FeedRole) => {
    if (who !== undefined && !found.some((each) => each.who === who)) found.push({ who, role, inherited: false });
  };
  const some = (chance: number, from: readonly number[], role: FeedRole) => {
    if (random.chance(chance) && from.length > 0) add(random.pick(from), role);
  };
  for (const { role, who } of global) if (role === "administrator") found.push({ who, role, inherited: true });
  add(random.pick(people.users), "administrator");
  add(buildService(making, project), random.chance(0.5) ? "contributor" : "collaborator");
  const groups = project && scopes.get(project.index);
  if (groups) add(groups.contributors, "contributor");
  add(groups?.validUsers ?? collection.validUsers, "reader");
  some(0.5, people.made, "contributor");
  some(0.3, people.users, "collaborator");
  some(0.3, people.users, "reader");
  some(0.2, people.entra, "reader");
  some(0.2, people.servicePrincipals, "contributor");
  some(0.15, people.users, "none");
  some(0.05, people.users, "custom");
  some(0.25, people.strays, "contributor");
  if (random.chance(0.15)) {
    const tenant = random.chance(0.5) ? builder.tenantId : builder.foreignTenantId;
    add(
      `Microsoft.IdentityModel.Claims.ClaimsIdentity;${tenant}\\packager${random.below(20)}@fabrikam.example`,
      "administrator",
    );
  }
  return found;
}

function feed(making: Making, at: number, projects: readonly Project[]): Feed {
  const { builder } = making;
  // Every third is the organization's own.
  const project = at % 3 === 0 ? undefined : projects[(at * 5) % projects.length];
  const word = words[at % words.length] ?? "feed";
  return {
    id: builder.guid("feed", at),
    name: at < words.length ? word : `${word}-${at}`,
    description: at % 2 === 0 ? "" : `Packages of ${project?.name ?? builder.settings.organization}`,
    ...(project ? { project: project.index } : {}),
    views: views(making, at),
    upstreams: upstreams(making, at),
    permissions: permissions(making, project),
    ...(at > 0 && at % 8 === 6 ? { deleted: deletedAt } : {}),
  };
}

/** Administrators of the collection run every feed; some others may make feeds, one group no more (facts 5.3). */
function globalPermissions(
  { random }: Pick<Making, "random">,
  people: People,
  collection: CollectionGroups,
): GlobalFeedPermission[] {
  const made = people.made.slice(2, 4);
  return [
    { who: collection.administrators, role: "administrator" },
    { who: collection.validUsers, role: "feedCreator" },
    { who: random.pick(people.users), role: "administrator" },
    ...made.map((who, at): GlobalFeedPermission => ({ who, role: at === 0 ? "feedCreator" : "none" })),
    ...people.strays.slice(1, 2).map((who): GlobalFeedPermission => ({ who, role: "feedCreator" })),
  ];
}

/** Seeds the feeds of the organization and of its projects. */
export function seedFeeds(
  builder: Builder,
  people: People,
  collection: CollectionGroups,
  scopes: ReadonlyMap<number, ProjectGroups>,
): { readonly feeds: Feed[]; readonly global: GlobalFeedPermission[] } {
  const random = builder.randomOf("feeds");
  const global = globalPermissions({ random }, people, collection);
  const making: Making = { builder, people, collection, scopes, random, global };
  const projects = builder.projects.filter((project) => project.state === "wellFormed");
  return { global, feeds: Array.from({ length: builder.settings.feeds }, (_, at) => feed(making, at, projects)) };
}
