import { customSid, entraSid, wellKnownSid } from "../ids.ts";
import type { GroupKind, Project } from "../state.ts";
import type { Builder } from "./builder.ts";
import { entraGroupWords, groupWords, teamWords } from "./names.ts";

/** Indexes of the groups that every project has, and of what people and templates added. */
export interface ProjectGroups {
  readonly administrators: number;
  readonly buildAdministrators: number;
  readonly contributors: number;
  readonly readers: number;
  readonly validUsers: number;
  /** Endpoint, release and deployment group roles; they have no fixed SID (facts 2.4). */
  readonly others: readonly number[];
}

/** Indexes of the groups of the collection and the enterprise. */
export interface CollectionGroups {
  readonly administrators: number;
  readonly serviceAccounts: number;
  readonly validUsers: number;
  readonly securityService: number;
  readonly buildServiceAccounts: number;
  readonly others: readonly number[];
  readonly enterprise: readonly number[];
  /** Only there when the visibility of people is limited (facts 2.4). */
  readonly projectScoped?: number;
}

interface NewGroup {
  readonly name: string;
  readonly sid: string;
  readonly storageKey: string;
  readonly domain: string;
  /** What stands in brackets before the name. */
  readonly owner: string;
  readonly kind: GroupKind;
  readonly description: string | null;
  readonly project?: number;
  readonly specialType?: string;
}

function addGroup(builder: Builder, group: NewGroup): number {
  return builder.add({
    kind: "group",
    prefix: "vssgp",
    payload: group.sid,
    storageKey: group.storageKey,
    originId: group.storageKey,
    displayName: group.name,
    principalName: `[${group.owner}]\\${group.name}`,
    domain: group.domain,
    mail: null,
    identity: `Microsoft.TeamFoundation.Identity;${group.sid}`,
    known: "graph",
    active: true,
    group: {
      kind: group.kind,
      description: group.description,
      ...(group.project === undefined ? {} : { project: group.project }),
      specialType: group.specialType ?? "Generic",
      members: [],
    },
  });
}

const collectionTails = [
  ["Project Collection Administrators", "0-0-0-0-1"],
  ["Project Collection Service Accounts", "0-0-0-0-2"],
  ["Project Collection Valid Users", "0-0-0-0-3"],
  ["Security Service Group", "0-0-0-0-5"],
  ["Project Collection Build Service Accounts", "0-0-0-1-1"],
  ["Project Collection Build Administrators", "0-0-0-1-2"],
  ["Project Collection Test Service Accounts", "0-0-0-4-1"],
  ["Project Collection Proxy Service Accounts", "0-0-0-5-1"],
] as const;

const enterpriseTails = [
  ["Enterprise Service Accounts", "0-0-0-0-2"],
  ["Enterprise Invited Users", "0-0-0-0-4096"],
] as const;

function scopeGroup(
  builder: Builder,
  scopeId: string,
  owner: string,
  [name, tail]: readonly [string, string],
  at: number,
) {
  return addGroup(builder, {
    name,
    sid: wellKnownSid(scopeId, tail),
    storageKey: builder.guid(`group-of-${owner}`, at),
    domain: `vstfs:///Framework/IdentityDomain/${scopeId}`,
    owner,
    kind: "default",
    description: `Default group: ${name}`,
    ...(tail === "0-0-0-0-3" ? { specialType: "EveryoneApplicationGroup" } : {}),
  });
}

/** Groups of the collection and of the enterprise, with their fixed SIDs (facts 2.4). */
export function seedCollectionGroups(builder: Builder): CollectionGroups {
  const { collectionId, enterpriseId, settings } = builder;
  const own = collectionTails.map((row, at) => scopeGroup(builder, collectionId, settings.organization, row, at));
  const enterprise = enterpriseTails.map((row, at) => scopeGroup(builder, enterpriseId, "TEAM FOUNDATION", row, at));
  const [administrators = 0, serviceAccounts = 0, validUsers = 0, securityService = 0, build = 0, ...others] = own;
  const fixed = { administrators, serviceAccounts, validUsers, securityService, buildServiceAccounts: build };
  return {
    ...fixed,
    others,
    enterprise,
    ...(settings.limitedVisibility ? { projectScoped: projectScopedGroup(builder) } : {}),
  };
}

/** It has no fixed SID, and is there once the policy has been switched on (facts 2.4). */
function projectScopedGroup(builder: Builder): number {
  const { collectionId, settings } = builder;
  const name = "Project-Scoped Users";
  return addGroup(builder, {
    name,
    sid: customSid(collectionId, builder.guid("project-scoped-sid", 0)),
    storageKey: builder.guid("project-scoped", 0),
    domain: `vstfs:///Framework/IdentityDomain/${collectionId}`,
    owner: settings.organization,
    kind: "default",
    description: "Members see the people and groups of their own projects only.",
  });
}

function projectGroup(builder: Builder, project: Project, name: string, sid: string, at: number): number {
  return addGroup(builder, {
    name,
    sid,
    storageKey: builder.guid("project-group", project.index * 16 + at),
    domain: `vstfs:///Classification/TeamProject/${project.id}`,
    owner: project.name,
    kind: "default",
    description: name === "Readers" ? "" : `Default group of the project: ${name}`,
    project: project.index,
    ...(name === "Project Valid Users" ? { specialType: "EveryoneApplicationGroup" } : {}),
  });
}

/**
 * Groups of one project. Two scope prefixes occur: the scope id for the administrators, valid users and
 * later groups, the project id for those that the template makes (facts 2.3).
 */
export function seedProjectGroups(builder: Builder, project: Project): ProjectGroups {
  let at = 0;
  const fixed = (name: string, tail: string) =>
    projectGroup(builder, project, name, wellKnownSid(project.scopeId, tail), at++);
  const custom = (name: string, scope: string) => {
    const sid = customSid(scope, builder.guid("project-group-sid", project.index * 16 + at));
    return projectGroup(builder, project, name, sid, at++);
  };
  const roles = ["Endpoint Administrators", "Endpoint Creators"];
  // These two appear only after the first classic release or deployment group (facts 2.4).
  if (project.index % 2 === 0) roles.push("Release Administrators", "Deployment Group Administrators");
  return {
    administrators: fixed("Project Administrators", "0-0-0-0-1"),
    validUsers: fixed("Project Valid Users", "0-0-0-0-3"),
    buildAdministrators: fixed("Build Administrators", "0-0-0-1-2"),
    contributors: custom("Contributors", project.id),
    readers: custom("Readers", project.id),
    others: roles.map((name) => custom(name, project.scopeId)),
  };
}

/** Teams of one project, each with its group; the first is the default team. Gives the teams' indexes. */
export function seedTeams(builder: Builder, project: Project): number[] {
  return Array.from({ length: builder.settings.teamsPerProject }, (_, at) => {
    const index = builder.teams.length;
    const id = builder.guid("team", index);
    const name = at === 0 ? `${project.name} Team` : (teamWords[(at - 1) % teamWords.length] ?? "Team");
    const shown = at > teamWords.length ? `${name} ${at}` : name;
    const description = at === 0 ? "The default project team." : at % 2 === 0 ? null : "";
    const group = addGroup(builder, {
      name: shown,
      sid: customSid(project.id, builder.guid("team-sid", index)),
      storageKey: id,
      domain: `vstfs:///Classification/TeamProject/${project.id}`,
      owner: project.name,
      kind: "team",
      description,
      project: project.index,
    });
    builder.teams.push({ index, id, name: shown, description, project: project.index, group });
    return index;
  });
}

/** Groups that people made: most in a project, the rest in the collection. */
export function seedMadeGroups(builder: Builder): number[] {
  const { random, settings } = builder;
  return Array.from({ length: settings.groups }, (_, index) => {
    const word = random.pick(groupWords);
    const name = index < groupWords.length ? word : `${word} ${index}`;
    const project = index % 10 < 7 ? builder.projects[random.below(settings.projects)] : undefined;
    const scopeId = project?.scopeId ?? builder.collectionId;
    return addGroup(builder, {
      name,
      sid: customSid(scopeId, builder.guid("made-group-sid", index)),
      storageKey: builder.guid("made-group", index),
      domain: project
        ? `vstfs:///Classification/TeamProject/${project.id}`
        : `vstfs:///Framework/IdentityDomain/${scopeId}`,
      owner: project?.name ?? settings.organization,
      kind: "made",
      description: index % 4 === 1 ? null : index % 4 === 2 ? "" : `Made for ${word}`,
      ...(project ? { project: project.index } : {}),
    });
  });
}

/** Groups of Entra that somebody added here; their SID follows from the object id (facts 2.3, 9.5). */
export function seedEntraGroups(builder: Builder): number[] {
  if (!builder.settings.entra) return [];
  const count = Math.max(4, Math.floor(builder.settings.groups / 8));
  return Array.from({ length: count }, (_, index) => {
    const word = entraGroupWords[index % entraGroupWords.length] ?? "Group";
    const name = index < entraGroupWords.length ? word : `${word} ${index}`;
    const objectId = builder.guid("entra-group", index);
    return builder.add({
      kind: "entra-group",
      prefix: "aadgp",
      payload: entraSid(objectId),
      storageKey: builder.guid("entra-group-key", index),
      originId: objectId,
      displayName: name,
      principalName: `[TEAM FOUNDATION]\\${name}`,
      domain: index % 2 === 0 ? builder.tenantId : `vstfs:///Framework/IdentityDomain/${builder.enterpriseId}`,
      mail: null,
      identity: `Microsoft.TeamFoundation.Identity;${entraSid(objectId)}`,
      known: "graph",
      active: true,
      group: { kind: "entra", description: index % 3 === 0 ? null : name, specialType: "Generic", members: [] },
    });
  });
}
