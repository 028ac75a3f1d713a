import { guid } from "../ids.ts";
import type { Settings } from "../options.ts";
import type { Random } from "../prng.ts";
import { createRandom, hashText, mix } from "../prng.ts";
import type {
  AccessList,
  ClassificationNode,
  Project,
  Repository,
  Subject,
  Team,
  TeamAdministrator,
} from "../state.ts";
import { groupOf } from "../state.ts";

/** Ids that belong to the organization as a whole. */
export interface OrganizationIds {
  readonly collectionId: string;
  readonly enterpriseId: string;
  readonly tenantId: string;
  readonly foreignTenantId: string;
  readonly hostId: string;
}

/** What a seeding step reads and adds to. */
export interface Builder extends OrganizationIds {
  readonly settings: Settings;
  readonly random: Random;
  readonly subjects: Subject[];
  readonly projects: Project[];
  readonly teams: Team[];
  readonly repositories: Repository[];
  readonly classification: ClassificationNode[];
  readonly accessLists: Map<string, Map<string, AccessList>>;
  readonly teamAdministrators: TeamAdministrator[];
  /** Random numbers of their own for one part, so that it can change without moving the others. */
  randomOf(part: string): Random;
  /** A GUID for this organization's seed. */
  guid(salt: string, index: number, version?: number): string;
  /** Adds a subject and gives its index. */
  add(subject: Omit<Subject, "index" | "memberOf">): number;
  subject(index: number): Subject;
  /** Makes `member` a direct member of the group, once. */
  join(group: number, member: number): void;
}

/** An empty organization to seed. */
export function createBuilder(settings: Settings): Builder {
  const { seed } = settings;
  const subjects: Subject[] = [];
  const subject = (index: number) => {
    const found = subjects[index];
    if (!found) throw new RangeError(`no subject at ${index}`);
    return found;
  };
  return {
    settings,
    random: createRandom(seed),
    subjects,
    projects: [],
    teams: [],
    repositories: [],
    classification: [],
    accessLists: new Map(),
    teamAdministrators: [],
    collectionId: guid(seed, "collection", 0),
    enterpriseId: guid(seed, "enterprise", 0),
    tenantId: guid(seed, "tenant", 0),
    foreignTenantId: guid(seed, "tenant", 1),
    hostId: guid(seed, "host", 0),
    randomOf: (part) => createRandom(mix(seed) ^ hashText(part)),
    guid: (salt, index, version) => guid(seed, salt, index, version),
    subject,
    add: (values) => {
      const index = subjects.length;
      subjects.push({ ...values, index, memberOf: [] });
      return index;
    },
    join: (group, member) => {
      const { memberOf } = subject(member);
      if (memberOf.includes(group)) return;
      memberOf.push(group);
      groupOf(subject(group)).members.push(member);
    },
  };
}
