import { guid } from "../ids.ts";
import type { OrganizationState, Subject } from "../state.ts";
import { groupOf } from "../state.ts";

/** A person of the tenant, whether Azure DevOps knows them or not. */
export interface DirectoryUser {
  readonly kind: "user";
  readonly id: string;
  readonly displayName: string;
  readonly principalName: string;
  readonly mail: string | null;
  readonly isGuest: boolean;
}

/** What an application or a managed identity is in the tenant. */
export interface DirectoryPrincipal {
  readonly kind: "servicePrincipal";
  readonly id: string;
  readonly clientId: string;
  readonly displayName: string;
  readonly isManagedIdentity: boolean;
}

/** A group of the tenant; tests may change what is not read-only. */
export interface DirectoryGroup {
  readonly kind: "group";
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  /** Object ids of the direct members, all of them. */
  readonly members: Set<string>;
  /** Of a dynamic group, whose members follow from it. */
  membershipRule: string | null;
  isAssignableToRole: boolean;
  /** Kept by a directory elsewhere. */
  onPremisesSyncEnabled: boolean;
}

export type DirectoryObject = DirectoryUser | DirectoryPrincipal | DirectoryGroup;

/** Everything that the tenant has. */
export interface Directory {
  find(id: string): DirectoryObject | undefined;
  /** By user principal name, without case. */
  userNamed(principalName: string): DirectoryUser | undefined;
  /** Those that Azure DevOps knows first, in its order. */
  readonly groups: readonly DirectoryGroup[];
  /** People who never signed in to Azure DevOps. */
  readonly newcomers: readonly DirectoryUser[];
  /** All that is in a group at any depth, without the group. */
  transitiveMembers(group: DirectoryGroup): ReadonlySet<string>;
}

/** More than the 99 members that an answer of Azure DevOps can show. */
const newcomersOfLargest = 120;
const newcomersOfOthers = 3;

function userOf(subject: Subject): DirectoryUser {
  const { directoryAlias, displayName, mail, metaType, originId, principalName } = subject;
  const isGuest = metaType === "guest";
  const name = isGuest ? `${directoryAlias}@fabrikam.example` : principalName;
  return { kind: "user", id: originId, displayName, principalName: name, mail, isGuest };
}

function principalOf({ applicationId, displayName, metaType, originId }: Subject): DirectoryPrincipal {
  return {
    kind: "servicePrincipal",
    id: originId,
    clientId: applicationId ?? originId,
    displayName,
    isManagedIdentity: metaType === "managedIdentity",
  };
}

function newcomer(seed: number, index: number): DirectoryUser {
  const mail = `newcomer${index}@fabrikam.example`;
  const id = guid(seed, "newcomer", index);
  return { kind: "user", id, displayName: `New Comer ${index}`, principalName: mail, mail, isGuest: false };
}

/** What of the organization's subjects the tenant has, too. */
function objectOf(subject: Subject): DirectoryObject | undefined {
  if (subject.kind === "entra-user" && subject.deletedInOrigin !== true) return userOf(subject);
  return subject.kind === "service-principal" ? principalOf(subject) : undefined;
}

/** A table over the organization's subjects, made anew when they have changed. */
function subjectTable(state: OrganizationState): () => ReadonlyMap<string, DirectoryObject> {
  let made: { readonly revision: number; readonly table: ReadonlyMap<string, DirectoryObject> } | undefined;
  return () => {
    const revision = state.revisions.subjects;
    if (made?.revision !== revision) {
      const objects = state.subjects.flatMap((subject) => objectOf(subject) ?? []);
      made = { revision, table: new Map(objects.map((each) => [each.id, each])) };
    }
    return made.table;
  };
}

/** Of every four groups one is for roles, one is dynamic, and one is kept elsewhere. */
function groupFrom(subject: Subject, at: number): DirectoryGroup {
  return {
    kind: "group",
    id: subject.originId,
    displayName: subject.displayName,
    description: groupOf(subject).description,
    members: new Set(),
    isAssignableToRole: at % 4 === 1,
    membershipRule: at % 4 === 2 ? '(user.department -eq "Engineering")' : null,
    onPremisesSyncEnabled: at % 4 === 3,
  };
}

/** A group that Azure DevOps has never seen, since it is only in one that it has. */
function nestedGroup(seed: number): DirectoryGroup {
  return {
    kind: "group",
    id: guid(seed, "nested-entra-group", 0),
    displayName: "Nested",
    description: null,
    members: new Set(),
    isAssignableToRole: false,
    membershipRule: null,
    onPremisesSyncEnabled: false,
  };
}

/** The tenant behind an organization: its people and groups, and more members than it has seen. */
export function createDirectory(
  state: OrganizationState,
  seed: number,
  principals: readonly DirectoryPrincipal[],
): Directory {
  const table = subjectTable(state);
  const newcomers: DirectoryUser[] = [];
  const known = state.subjects.filter(({ kind }) => kind === "entra-group");
  const groups = known.map(groupFrom);
  const nested = nestedGroup(seed);
  const others = new Map<string, DirectoryObject>(principals.map((each) => [each.id, each]));

  function addNewcomer(group: DirectoryGroup): void {
    const user = newcomer(seed, newcomers.length);
    newcomers.push(user);
    others.set(user.id, user);
    group.members.add(user.id);
  }

  for (const [at, subject] of known.entries()) {
    const group = groups[at];
    const [first, ...rest] = groupOf(subject).members.flatMap((index) => {
      const member = state.subjects[index];
      return member && objectOf(member) ? [member.originId] : [];
    });
    for (const id of rest) group?.members.add(id);
    // The largest group holds one of its members by a group between them.
    if (first !== undefined) (at === 0 ? nested : group)?.members.add(first);
    for (let left = at === 0 ? newcomersOfLargest : newcomersOfOthers; group && left > 0; left--) addNewcomer(group);
  }
  addNewcomer(nested);
  groups[0]?.members.add(nested.id);
  for (const { id } of principals) groups[0]?.members.add(id);
  const all = [...groups, nested];
  for (const group of all) others.set(group.id, group);

  const find = (id: string) => table().get(id.toLowerCase()) ?? others.get(id.toLowerCase());
  return {
    find,
    userNamed: (principalName) => {
      const wanted = principalName.toLowerCase();
      for (const each of [...table().values(), ...newcomers]) {
        if (each.kind === "user" && each.principalName.toLowerCase() === wanted) return each;
      }
      return undefined;
    },
    groups: all,
    newcomers,
    transitiveMembers: (group) => {
      const found = new Set(group.members);
      // A set gives what is added while it is read, too.
      for (const id of found) {
        const member = find(id);
        if (member?.kind === "group") for (const next of member.members) found.add(next);
      }
      found.delete(group.id);
      return found;
    },
  };
}
