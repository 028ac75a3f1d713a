import { namespaceIds } from "../../namespace-ids.ts";
import type { ListContext, ProjectScope } from "./context.ts";
import { projectScopes } from "./context.ts";
import type { Bits, Role } from "./holders.ts";
import { projectEntries, setChanged } from "./holders.ts";

/** The list that a namespace has for a new project; `rare` bits are what people hand out besides (DOCS permissions-access). */
interface Default {
  readonly namespaceId: string;
  token(project: ProjectScope["project"]): string;
  readonly bits: Bits<Role>;
  readonly rare: number;
}

const everybodyOfBuilds = 1 | 1_024;
const builder = everybodyOfBuilds | 2 | 64 | 128;

const defaults: readonly Default[] = [
  {
    namespaceId: namespaceIds.build,
    token: ({ id }) => id,
    bits: {
      collectionAdministrators: 524_287,
      collectionBuildServices: builder,
      collectionBuildAdministrators: 507_903,
      collectionTestServices: everybodyOfBuilds,
      administrators: 524_287,
      buildAdministrators: 516_095,
      contributors: 1 | 2 | 128 | 512 | 1_024 | 2_048 | 4_096 | 32_768,
      readers: everybodyOfBuilds,
      buildService: builder,
    },
    rare: 2_048 | 16_384,
  },
  {
    namespaceId: namespaceIds.release,
    token: ({ id }) => id,
    bits: {
      collectionAdministrators: 16_383,
      administrators: 16_383,
      releaseAdministrators: 16_383,
      contributors: 1 | 2 | 16 | 32 | 64 | 128 | 2_048,
      readers: 1 | 32,
      buildService: 1 | 32 | 64,
    },
    rare: 8 | 512,
  },
  {
    namespaceId: namespaceIds.taskGroups,
    token: ({ id }) => id,
    bits: {
      collectionBuildAdministrators: 7,
      administrators: 7,
      buildAdministrators: 7,
      releaseAdministrators: 7,
      contributors: 2,
    },
    rare: 1 | 2,
  },
  {
    namespaceId: namespaceIds.tagging,
    token: ({ id }) => `/${id}`,
    bits: { administrators: 15, contributors: 1 | 2, readers: 1, buildService: 1 },
    rare: 2 | 8,
  },
  {
    namespaceId: namespaceIds.analyticsViews,
    token: ({ id }) => `$/Shared/${id}`,
    bits: { administrators: 1_031, contributors: 1 | 2 | 4, readers: 1, validUsers: 1 },
    rare: 2 | 1_024,
  },
  {
    namespaceId: namespaceIds.dashboards,
    token: ({ id }) => `$/${id}`,
    bits: { administrators: 63, contributors: 1 | 2 | 4 | 8, readers: 1, validUsers: 1 },
    rare: 8 | 16,
  },
  {
    namespaceId: namespaceIds.plans,
    token: ({ id }) => `Plan/${id}`,
    bits: { administrators: 15, contributors: 1 | 2, readers: 1 },
    rare: 2 | 8,
  },
  {
    namespaceId: namespaceIds.queries,
    token: ({ id }) => `$/${id}`,
    bits: { administrators: 15 | 16, contributors: 1, readers: 1, buildService: 1, validUsers: 1 },
    rare: 2 | 4 | 8,
  },
  {
    namespaceId: namespaceIds.serviceHooks,
    token: ({ id }) => `PublisherSecurity/${id}`,
    bits: { administrators: 15, contributors: 1 },
    rare: 2 | 4,
  },
  {
    namespaceId: namespaceIds.releaseInterface,
    token: ({ id }) => id,
    bits: { administrators: 63, contributors: 1 | 2 | 8, readers: 2 },
    rare: 4,
  },
];

/** The lists that every project begins with, as the years have changed them. */
export function seedProjectDefaults(context: ListContext): void {
  for (const scope of projectScopes(context)) {
    for (const { bits, namespaceId, rare, token } of defaults) {
      setChanged(context, scope, namespaceId, token(scope.project), projectEntries(context, scope, bits), rare);
    }
  }
}
