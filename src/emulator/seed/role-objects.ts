import type { Random } from "../prng.ts";
import type {
  AgentPool,
  AgentQueue,
  Authorship,
  Environment,
  ProjectUse,
  RoleObjects,
  SecureFile,
  ServiceEndpoint,
  VariableGroup,
} from "../role-objects.ts";
import type { Project } from "../state.ts";
import type { Builder } from "./builder.ts";
import { endpointSchemes } from "./endpoint-types.ts";
import type { People } from "./memberships.ts";

const day = 86_400_000;
const newest = Date.UTC(2026, 9, 31);

/** What each step of this seed reads; it draws from a stream of its own, so that people and groups stay as they are. */
interface Making {
  readonly builder: Builder;
  readonly people: People;
  readonly random: Random;
  readonly projects: readonly Project[];
}

/** A name that a project uses no other time: half of what people type has a space, a slash, or another script. */
const endpointWords = [
  "Azure subscription (Production)",
  "github.com/fabrikam",
  "Docker Hub",
  "AKS 西日本",
  "Staging & tests",
];
const groupWords = ["build-variables", "Release + signing", "Ключи", "prod/secrets", "Shared settings"];
const environmentWords = ["production", "staging – EU", "test & QA", "dev/β", "canary"];
const fileWords = ["signing-certificate.pfx", "Provisioning Profile.mobileprovision", "id_rsa", "kubeconfig"];
const poolWords = ["Linux large", "Windows signing", "macOS – mobile", "GPU", "On-premises DMZ", "Élastique"];

/** A word of the list, numbered once the words are used up. */
function named(words: readonly string[], at: number): string {
  const word = words[at % words.length] ?? "";
  return at < words.length ? word : `${word} ${Math.floor(at / words.length) + 1}`;
}

function authorship({ people, random }: Making): Authorship {
  const created = newest - Math.floor((1 + random.next() * 1_500) * day);
  const createdBy = random.pick(
    random.chance(0.1) && people.servicePrincipals.length > 0 ? people.servicePrincipals : people.users,
  );
  const changed = random.chance(0.6);
  return {
    createdBy,
    created,
    modifiedBy: changed ? random.pick(people.users) : createdBy,
    modified: changed ? created + Math.floor(random.next() * (newest - created)) : created,
  };
}

/** Pools of the service, then those that people made; some of these are for deployment groups. */
function pools({ builder, people, random }: Making): AgentPool[] {
  const service = people.serviceAccounts[0] ?? 0;
  return Array.from({ length: builder.settings.pools }, (_, at): AgentPool => {
    const isHosted = at === 1 || at === 2;
    const createdBy = at < 3 ? service : random.pick(people.users);
    return {
      id: at + 1,
      name:
        at === 0
          ? "Default"
          : at === 1
            ? "Azure Pipelines"
            : at === 2
              ? "Hosted Windows 2019 with VS2019"
              : named(poolWords, at - 3),
      isHosted,
      isLegacy: at === 2,
      poolType: at > 3 && at % 5 === 4 ? "deployment" : "automation",
      size: isHosted ? 10 : random.below(12),
      scope: builder.collectionId,
      createdBy,
      owner: at % 4 === 3 ? random.pick(people.users) : createdBy,
      created: newest - Math.floor((1 + random.next() * 1_500) * day),
    };
  });
}

/** Every project has the first pools, and one or two that it was given. Queues and pools count apart. */
function queues({ projects, random }: Making, all: readonly AgentPool[]): AgentQueue[] {
  const forJobs = all.filter((pool) => pool.poolType === "automation");
  const given = forJobs.slice(3);
  let id = 7;
  return projects.flatMap((project) => {
    const own = new Set([
      ...forJobs.slice(0, 3),
      ...(given.length > 0 ? [random.pick(given), random.pick(given)] : []),
    ]);
    return [...own].map((pool) => ({ id: id++, project: project.index, pool: pool.id, name: pool.name }));
  });
}

function environments(making: Making): Environment[] {
  const { builder, projects, random } = making;
  let id = 0;
  return projects.flatMap((project) =>
    Array.from({ length: builder.settings.environmentsPerProject }, (_, at): Environment => {
      id++;
      const machine = { id: id * 10, name: `vm-${id}`, type: random.chance(0.5) ? "virtualMachine" : "kubernetes" };
      return {
        id,
        project: project.index,
        name: named(environmentWords, at),
        description: at % 2 === 0 ? "" : `Where ${project.name} runs`,
        resources: random.chance(0.3) ? [machine] : [],
        ...authorship(making),
      };
    }),
  );
}

/** The project that made a thing, and with a small chance those that it was shared with, each under a name of its own. */
function uses({ projects, random }: Making, project: Project, name: string): ProjectUse[] {
  const first = { project: project.index, name, description: random.chance(0.5) ? "" : `For ${project.name}` };
  if (projects.length < 2 || !random.chance(0.12)) return [first];
  const others = new Set([random.pick(projects), random.pick(projects)].filter((other) => other !== project));
  return [
    first,
    ...[...others].map((other) => ({ project: other.index, name: `${name} (${project.name})`, description: "" })),
  ];
}

function endpoints(making: Making): ServiceEndpoint[] {
  const { builder, people, projects, random } = making;
  let at = 0;
  return projects.flatMap((project) =>
    Array.from({ length: builder.settings.endpointsPerProject }, (_, position): ServiceEndpoint => {
      const scheme = endpointSchemes[at % endpointSchemes.length];
      if (!scheme) throw new RangeError("no type of service connection");
      return {
        id: builder.guid("endpoint", at++),
        scheme,
        owner: at % 40 === 19 ? "agentcloud" : "library",
        createdBy: random.pick(people.users),
        isReady: at % 17 !== 11,
        uses: uses(making, project, named(endpointWords, position)),
      };
    }),
  );
}

function variableGroups(making: Making, connections: readonly ServiceEndpoint[]): VariableGroup[] {
  const { builder, projects } = making;
  let id = 0;
  return projects.flatMap((project) => {
    const vault = connections.find(
      (each) => each.scheme.type === "azurerm" && each.uses[0]?.project === project.index,
    )?.id;
    return Array.from({ length: builder.settings.variableGroupsPerProject }, (_, at): VariableGroup => {
      id++;
      const fromVault = vault !== undefined && id % 5 === 2;
      return {
        id,
        ...(fromVault ? { vault } : {}),
        uses: uses(making, project, named(groupWords, at)),
        ...authorship(making),
      };
    });
  });
}

function secureFiles(making: Making): SecureFile[] {
  const { builder, projects } = making;
  let at = 0;
  return projects.flatMap((project) =>
    Array.from({ length: builder.settings.secureFilesPerProject }, (_, position): SecureFile => {
      const id = builder.guid("secure-file", at++);
      return { id, project: project.index, name: named(fileWords, position), ...authorship(making) };
    }),
  );
}

/** Seeds what roles govern, in the well-formed projects. */
export function seedRoleObjects(builder: Builder, people: People): RoleObjects {
  const random = builder.randomOf("role-objects");
  const projects = builder.projects.filter((project) => project.state === "wellFormed");
  const making: Making = { builder, people, random, projects };
  const allPools = pools(making);
  const connections = endpoints(making);
  return {
    pools: allPools,
    queues: queues(making, allPools),
    environments: environments(making),
    endpoints: connections,
    variableGroups: variableGroups(making, connections),
    secureFiles: secureFiles(making),
  };
}
