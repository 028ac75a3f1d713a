import { createHash } from "node:crypto";
import { descriptorOf, type OrganizationState, projectAt, type Subject, subjectAt } from "../../src/emulator/index.ts";
import type { Row } from "../platform/syncer.ts";

/** What a sync must store, told from the organization itself. */
export interface Expectation {
  readonly types: readonly string[];
  readonly resources: readonly Row[];
  /** Direct holders of every entitlement by its id, as `type:id`; one that nobody holds has an empty set. */
  readonly holders: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface ExpectationOptions {
  readonly syncTeams: boolean;
  /** Who tells of members: a token without rights to the identity service leaves Graph and the members of teams. */
  readonly memberships: "identity-service" | "graph";
}

interface Who {
  /** `type:id`. */
  readonly ref: string;
  /** A member that no listing has, to be reported as a resource. */
  readonly unlistedName?: string;
}

const identityNamespace = "5a27515b-ccd7-42c9-84f1-54c998f03866";
/** Read, Write, Delete, ManageMembership and CreateScope: together they make a team administrator. */
const administratorBits = 0b1_1111;
/** The identity service gives no more members of an Entra group than these, Graph gives none at all. */
const entraMemberLimits = { "identity-service": 99, graph: 0 };

const typeOfKind: Readonly<Record<Subject["kind"], string>> = {
  "entra-user": "user",
  "msa-user": "user",
  "pending-user": "user",
  "windows-user": "user",
  "service-account": "service-account",
  "legacy-service": "service-account",
  "service-principal": "service-principal",
  group: "group",
  "entra-group": "group",
  stray: "unknown-identity",
};

export function expectationOf(state: OrganizationState, options: ExpectationOptions): Expectation {
  const { memberships, syncTeams } = options;
  const organization = `organization:${state.collectionId}`;
  const teamOfGroup = new Map(syncTeams ? state.teams.map((team) => [team.group, team] as const) : []);
  const listed = new Set([...state.users, ...state.servicePrincipals, ...state.groups]);
  const resources = new Map<string, Row>();
  const holders = new Map<string, Set<string>>();
  const add = (id: string, name: string, parent?: string) =>
    resources.set(id, { kind: "resource", id, ...(parent === undefined ? {} : { parent }), name });

  const whoIs = (subject: Subject): Who => {
    const team = teamOfGroup.get(subject.index);
    if (team) return { ref: `team:${team.id}` };
    const viaGraph = memberships === "graph";
    if (subject.known === "nowhere" && !viaGraph) return unresolved(subject.identity);
    const ref = `${typeOfKind[subject.kind]}:${descriptorOf(subject)}`;
    if (listed.has(subject.index)) return { ref };
    const named = subject.known === "graph" || !viaGraph;
    return { ref, unlistedName: named ? subject.displayName : `Unknown identity (${subject.prefix})` };
  };
  const hold = (entitlement: string, who: readonly Who[]) => {
    holders.set(entitlement, new Set(who.map(({ ref }) => ref)));
    for (const { ref, unlistedName } of who) if (unlistedName !== undefined) add(ref, unlistedName);
  };

  add(organization, state.organization);
  for (const { id, name } of state.projects) add(`project:${id}`, name, organization);
  for (const index of listed) {
    const subject = subjectAt(state, index);
    const { ref } = whoIs(subject);
    if (!subject.group) {
      add(ref, subject.displayName);
      continue;
    }
    const { kind, members, project } = subject.group;
    add(ref, subject.displayName, project === undefined ? organization : `project:${projectAt(state, project).id}`);
    const shown = kind === "entra" ? members.slice(0, entraMemberLimits[memberships]) : members;
    hold(
      `${ref}:member`,
      shown.map((member) => whoIs(subjectAt(state, member))),
    );
  }
  for (const team of teamOfGroup.values()) {
    const administrators = administratorsOf(state, team).filter(
      (who) => memberships !== "graph" || isShown(state, team, who),
    );
    const who = administrators.map((each) =>
      typeof each === "string" ? unresolved(each) : whoIs(subjectAt(state, each)),
    );
    hold(`team:${team.id}:admin`, who);
  }
  const types = [
    "organization",
    "project",
    "user",
    "service-account",
    "service-principal",
    "group",
    "unknown-identity",
  ];
  return {
    types: [...types, ...(syncTeams ? ["team"] : [])].sort(),
    resources: [...resources.values()],
    holders,
  };
}

/** Who holds all administrator bits on a team's token, with what is denied taken off. */
function administratorsOf(state: OrganizationState, team: OrganizationState["teams"][number]): (number | string)[] {
  const token = `${projectAt(state, team.project).id}\\${team.id}`.toLowerCase();
  const entries = state.accessLists.get(identityNamespace)?.get(token)?.entries ?? [];
  return entries
    .filter(({ allow, deny }) => (allow & ~deny & administratorBits) === administratorBits)
    .map(({ who }) => who);
}

/** The members of a team show those administrators only that are among them and can be resolved. */
function isShown(
  state: OrganizationState,
  { group }: OrganizationState["teams"][number],
  who: number | string,
): boolean {
  if (typeof who === "string") return false;
  return subjectAt(state, who).known !== "nowhere" && subjectAt(state, who).memberOf.includes(group);
}

/** Somebody whom nothing resolves any more; only people occur, whose descriptors must not be told. */
function unresolved(identity: string): Who {
  const [type = ""] = identity.split(";");
  if (!type.endsWith(".ClaimsIdentity")) throw new TypeError(`no rule for an unresolvable ${type}`);
  const hash = createHash("sha256").update(identity).digest("base64url");
  return { ref: `unknown-identity:ukn.${hash}`, unlistedName: `Unknown identity (${type})` };
}
