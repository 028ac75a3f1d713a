import {
  collectionNamespace,
  identityNamespace,
  organizationLevelNamespace,
  projectNamespace,
} from "../namespace-ids.ts";
import type { AccessEntry } from "../state.ts";
import type { Builder } from "./builder.ts";
import type { CollectionGroups, ProjectGroups } from "./groups.ts";
import type { People } from "./memberships.ts";

/** All five bits that Microsoft's clients set for a team administrator (facts 4.8). */
const allBits = 31;
const manageMembership = 8;
const restoreScope = 32;

/** The one token of the namespace; no document names it, and upstream it may be another. */
const organizationLevelToken = "/";

/** Sets the list of one token. Tokens compare without case (facts 4.3). */
export function setList(
  builder: Builder,
  namespace: string,
  token: string,
  entries: readonly AccessEntry[],
  inherit = true,
): void {
  const lists = builder.accessLists.get(namespace) ?? new Map();
  builder.accessLists.set(namespace, lists);
  lists.set(token.toLowerCase(), { token, inherit, entries });
}

function allow(who: number | string, bits: number): AccessEntry {
  return { who, allow: bits, deny: 0 };
}

/** Lists of the collection's own tokens. */
export function seedCollectionLists(builder: Builder, groups: CollectionGroups): void {
  const administrators = allow(groups.administrators, allBits | restoreScope);
  const services = allow(groups.serviceAccounts, allBits | restoreScope);
  const readers = allow(groups.validUsers, 1);
  setList(builder, identityNamespace, builder.collectionId, [administrators, services, readers]);
  const colon = builder.settings.beliefs.collectionTokenColon ? ":" : "";
  setList(builder, collectionNamespace, `NAMESPACE${colon}`, [allow(groups.administrators, 3767), readers]);
  const denied = groups.projectScoped === undefined ? [] : [{ who: groups.projectScoped, allow: 0, deny: 1 }];
  setList(builder, organizationLevelNamespace, organizationLevelToken, [readers, ...denied]);
  setList(builder, projectNamespace, "$PROJECT", [allow(groups.administrators, 67108863 & ~17563648)]);
}

/** Lists of one project's own tokens, as a new project has them. */
export function seedProjectLists(builder: Builder, project: number, groups: ProjectGroups): void {
  const { beliefs } = builder.settings;
  const id = builder.projects[project]?.id ?? "";
  const everyone = allow(groups.validUsers, 1);
  setList(builder, identityNamespace, id, [allow(groups.administrators, allBits), everyone]);
  const buildKey = builder.subject(groups.buildAdministrators).storageKey;
  setList(builder, identityNamespace, `${id}\\${buildKey}`, [allow(groups.buildAdministrators, manageMembership)]);
  const token = `$PROJECT:vstfs:///Classification/TeamProject/${id}${beliefs.projectTokenColon ? ":" : ""}`;
  const contributors = allow(groups.contributors, 1 | 8 | 256 | 512 | 2048 | 4096);
  const readers = allow(groups.readers, 1 | 512);
  const administrators = allow(groups.administrators, 14_155_775);
  setList(builder, projectNamespace, token, [administrators, contributors, readers, everyone], project % 19 !== 18);
}

interface Administrator {
  readonly subject: number;
  readonly allow: number;
  readonly deny: number;
}

/**
 * Who administers a team: its maker; some by an entry alone, without being a member; some groups; and
 * entries that look like it and are not, with fewer bits or denied (facts 4.8).
 */
function administratorsOf(builder: Builder, team: number, members: readonly number[], people: People): Administrator[] {
  const { random } = builder;
  const isPerson = (index: number) => builder.subject(index).group === undefined;
  const [maker, second, third] = members.filter(isPerson);
  const found: Administrator[] = [];
  if (maker !== undefined && team % 6 !== 5) found.push({ subject: maker, allow: allBits, deny: 0 });
  if (second !== undefined && team % 3 === 1) found.push({ subject: second, allow: manageMembership, deny: 0 });
  if (third !== undefined && team % 5 === 2) found.push({ subject: third, allow: allBits, deny: manageMembership });
  if (team % 4 === 2) found.push({ subject: random.pick(people.users), allow: allBits | restoreScope, deny: 0 });
  if (team % 7 === 3 && people.made.length > 0)
    found.push({ subject: random.pick(people.made), allow: allBits, deny: 0 });
  if (team % 8 === 6) found.push({ subject: random.pick(people.users), allow: 0, deny: allBits });
  if (team % 9 === 4 && people.servicePrincipals.length > 0)
    found.push({ subject: random.pick(people.servicePrincipals), allow: allBits, deny: 0 });
  if (team % 10 === 9) found.push({ subject: people.deletedGroup, allow: allBits, deny: 0 });
  return found.filter((entry, at) => found.findIndex((other) => other.subject === entry.subject) === at);
}

/** The list of one team's token, `{project id}\{team id}`. */
export function seedTeamList(builder: Builder, team: number, people: People): void {
  const { id, group, project } = builder.teams[team] ?? {};
  if (id === undefined || group === undefined || project === undefined) return;
  const members = builder.subject(group).group?.members ?? [];
  const found = administratorsOf(builder, team, members, people);
  for (const entry of found) {
    builder.teamAdministrators.push({ team, ...entry, isMember: members.includes(entry.subject) });
  }
  const entries: AccessEntry[] = found.map(({ subject, ...bits }) => ({ who: subject, ...bits }));
  if (team % 11 === 6)
    entries.push(
      allow(`Microsoft.IdentityModel.Claims.ClaimsIdentity;${builder.tenantId}\\gone@fabrikam.example`, allBits),
    );
  if (entries.length > 0) setList(builder, identityNamespace, `${builder.projects[project]?.id}\\${id}`, entries);
}
