import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { isDescriptor } from "../../azure-devops/descriptors.ts";
import type { GraphGroup, Team } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { refsAlone } from "./alone.ts";
import type { GroupReading } from "./groups.ts";
import type { Member } from "./member-resolution.ts";
import { type BatchOptions, type Container, type MembershipReading, readBatch } from "./memberships.ts";
import type { Principals } from "./principals.ts";
import type { ProjectReading } from "./projects.ts";
import type { TeamAdminReading } from "./team-admins.ts";

/** Members and administrators as the resources by which they are reported. Undefined: the container is gone. */
export interface MemberRefs {
  ofGroup(id: string, whole: boolean, call: Call): Promise<readonly ResourceRef[] | undefined>;
  ofTeam(team: Team, whole: boolean, call: Call): Promise<readonly ResourceRef[] | undefined>;
  /** Direct members of a group in whichever form it is reported, as subjects. */
  ofContainer(id: string, group: GraphGroup, call: Call): Promise<readonly Member[] | undefined>;
  adminsOf(team: Team, whole: boolean, call: Call): Promise<readonly ResourceRef[]>;
  /** Members of all groups and teams and all administrators, in no particular order; a member may come often. */
  everybody(call: Call): AsyncGenerator<readonly Member[]>;
}

export interface MemberRefsOptions extends BatchOptions {
  readonly client: AzureDevOpsClient;
  readonly groupMembers: MembershipReading;
  readonly teamMembers: MembershipReading;
  readonly teamAdmins: TeamAdminReading;
  readonly groups: GroupReading;
  readonly projects: ProjectReading;
  readonly principals: (call: Call) => Promise<Principals>;
  readonly syncTeams: boolean;
}

/** So many containers of a type are read one by one; whoever asks for more gets the bulk reading. */
const maxAlone = 3;

export function createMemberRefs(options: MemberRefsOptions): MemberRefs {
  const { client, groupMembers, teamMembers, teamAdmins, groups, projects, principals, syncTeams, source } = options;
  const readAlone = { group: new Set<string>(), team: new Set<string>() };

  const refsOf = new WeakMap<readonly Member[], readonly ResourceRef[]>();

  async function refs(members: readonly Member[] | undefined, call: Call): Promise<readonly ResourceRef[] | undefined> {
    if (!members) return undefined;
    const kept = refsOf.get(members);
    if (kept) return kept;
    const directory = await principals(call);
    const made = members.map(({ subjectId }) => directory.ref(subjectId));
    refsOf.set(members, made);
    return made;
  }

  const knownTeams = async (call: Call) => (syncTeams ? projects.teams(call) : new Map<string, Team>());

  /** Reading alone needs the identity service: it tells at once who was removed. */
  async function isAlone(kind: "group" | "team", id: string, whole: boolean, bulk: MembershipReading, call: Call) {
    if (whole || bulk.started || (await source(call)) === "graph") return false;
    readAlone[kind].add(id);
    return readAlone[kind].size <= maxAlone;
  }

  async function membersAlone(container: Container, call: Call): Promise<readonly ResourceRef[] | undefined> {
    const batch = await readBatch({ ...options, storageKeys: async () => new Map() }, [container], call);
    const members = batch.get(container.id);
    return members && refsAlone(client, members, await knownTeams(call), call);
  }

  return {
    async ofGroup(id, whole, call) {
      if (!(await isAlone("group", id, whole, groupMembers, call))) return refs(await groupMembers.of(id, call), call);
      const group = isDescriptor(id) ? await client.graph.getGroup(id, call) : undefined;
      return group && membersAlone({ id, descriptor: group.descriptor }, call);
    },
    async ofTeam(team, whole, call) {
      const { id } = team;
      if (!(await isAlone("team", id, whole, teamMembers, call))) return refs(await teamMembers.of(id, call), call);
      const descriptor = await client.graph.getDescriptor(id, call);
      return descriptor === undefined ? undefined : membersAlone({ id, descriptor }, call);
    },
    async adminsOf(team, whole, call) {
      const members = await teamAdmins.of(team, whole, call);
      const alone = !whole && !teamMembers.started;
      if (alone && (await source(call)) !== "graph") return refsAlone(client, members, await knownTeams(call), call);
      return (await refs(members, call)) ?? [];
    },
    async ofContainer(id, { originId }, call) {
      const team = (await knownTeams(call)).get(originId?.toLowerCase() ?? "");
      return team ? teamMembers.of(team.id, call) : groupMembers.of(id, call);
    },
    async *everybody(call) {
      for (const id of (await groups.all(call)).keys()) yield (await groupMembers.of(id, call)) ?? [];
      if (!syncTeams) return;
      for (const team of (await projects.teams(call)).values()) {
        yield (await teamMembers.of(team.id, call)) ?? [];
        yield await teamAdmins.of(team, true, call);
      }
    },
  };
}
