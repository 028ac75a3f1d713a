import type { Call } from "../../call.ts";
import { allAtOnce, defineResource } from "../../connector/handler.ts";
import { compareText } from "../../connector/ids.ts";
import { compareGrants } from "../../connector/keyset.ts";
import type { EntitlementDefinition, Resource, ResourceTypeDescription } from "../../connector/model.ts";
import { type RoleSlug, roles } from "../../permissions/roles.ts";
import type { RoleObjectType } from "../../permissions/tokens.ts";
import { memberTypesOf } from "../membership-grants.ts";
import type { SyncOptions } from "../options.ts";
import { tierMeanings } from "../permissions/entitlements.ts";
import type { Readings } from "../readings/index.ts";
import { objectRoleWriter } from "../writers/roles.ts";
import { customDefinition } from "./hub-entitlements.ts";
import type { RoleObject } from "./listings.ts";

const descriptions: Readonly<Record<RoleObjectType, Omit<ResourceTypeDescription, "id" | "traits">>> = {
  "agent-pool": {
    displayName: "Agent pool",
    description: "A pool of machines that run jobs, or the queue by which a project uses one.",
  },
  environment: { displayName: "Environment", description: "What a project's pipelines deploy to." },
  "service-connection": {
    displayName: "Service connection",
    description: "What a project's pipelines reach another service with, or a connection itself, whoever uses it.",
  },
  "variable-group": {
    displayName: "Variable group",
    description: "Values and secrets for a project's pipelines, or a group itself, whoever uses it.",
  },
  "secure-file": { displayName: "Secure file", description: "A certificate or key in a project's library." },
};

const ofObjects: readonly RoleSlug[] = ["administrator", "reader", "user"];
const ofPools: readonly RoleSlug[] = [...ofObjects, "service_account"];

/** Something that pipelines use, on which people have roles. What is set for all of its kind is told of its project. */
export function roleResource(type: RoleObjectType, options: SyncOptions) {
  const grantableTo = memberTypesOf(options).filter((each) => each !== "unknown-identity");
  return defineResource<Readings>({
    type: { id: type, traits: [], ...descriptions[type] },
    entitlements: roleEntitlements(type === "agent-pool" ? ofPools : ofObjects, grantableTo),
    list: (readings) =>
      allAtOnce(async (call) => {
        const [objects, asResource] = await Promise.all([
          readings.roles.objects(type, call),
          resourceMaker(type, readings, call),
        ]);
        return [...objects.values()].map(asResource);
      }),
    async get(readings, id, call) {
      const [object, asResource] = await Promise.all([
        readings.roles.find(type, id, call),
        resourceMaker(type, readings, call),
      ]);
      return object && asResource(object);
    },
    canonical: async (_readings, ref) => ({ ...ref, id: ref.id.toLowerCase() }),
    writer: () => objectRoleWriter(type),
    grants: {
      resourceIds: async ({ roles: reading }, call) => [...(await reading.objects(type, call)).keys()],
      has: async ({ roles: reading }, id, call) => (await reading.find(type, id, call)) !== undefined,
      async of({ roles: reading }, id, whole, call) {
        if (!whole && !(await reading.find(type, id, call))) return undefined;
        return (await reading.grants(type, id, call)).sort(compareGrants);
      },
    },
  });
}

function roleEntitlements(slugs: readonly RoleSlug[], grantableTo: readonly string[]): EntitlementDefinition[] {
  const own = roles.flatMap(({ slug, displayName, tier }, order): EntitlementDefinition[] => {
    if (!slugs.includes(slug)) return [];
    const description = `The role ${displayName}. ${tierMeanings[tier]}.`;
    const exclusion = { group: "role", order: order + 1 };
    return [{ slug, displayName, description, purpose: "permission", grantableTo, exclusion }];
  });
  const custom = { slug: "custom", purpose: "permission", grantableTo, ...customDefinition("") } as const;
  return [...own, custom].sort((a, b) => compareText(a.slug, b.slug));
}

/** Whether objects inherit, and from whom, stands in their lists. */
async function resourceMaker(
  type: RoleObjectType,
  { roles: reading, organization }: Readings,
  call: Call,
): Promise<(object: RoleObject) => Resource> {
  const [{ tokens, isRead }, parentOfAll] = await Promise.all([reading.index(call), organization(call)]);
  return ({ id, name, projectId, description, createdAt, profile }) => {
    const parent = projectId === undefined ? parentOfAll : { type: "project", id: projectId };
    const lists = tokens(type, id).map(({ table, canonical }) => table.get(canonical));
    const inherits = isRead ? lists.every((list) => list?.inherits ?? true) : undefined;
    const from = parent && inherits ? `${parent.type}:${parent.id}` : undefined;
    return {
      type,
      id,
      displayName: name,
      description,
      parent,
      createdAt,
      profile: { ...profile, inheritance: inherits, permissions_from: from },
    };
  };
}
