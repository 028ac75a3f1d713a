import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import type { EntitlementDefinition, Grant } from "../../connector/model.ts";
import { hubsOf } from "../../permissions/role-scopes.ts";
import type { RoleMasks, RoleScope } from "../../permissions/roles.ts";
import type { RoleObjectType } from "../../permissions/tokens.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import { grantOf } from "../permissions/grants.ts";
import { type HeldContext, heldOn, isContested } from "../permissions/held.ts";
import { withHolders } from "../permissions/holders.ts";
import { createKeptRows } from "../permissions/kept-rows.ts";
import type { Unplaced } from "../permissions/place-index.ts";
import { joinRows, type Row } from "../permissions/rows.ts";
import type { Member } from "../readings/member-resolution.ts";
import { createRoleDefinitions } from "./definitions.ts";
import { hubEntitlements } from "./hub-entitlements.ts";
import type { RoleObject } from "./listings.ts";
import { type RoleIndex, type RoleToken, readRoleIndex, sharedId } from "./role-index.ts";
import { roleRowsOf } from "./role-rows.ts";
import type { RoleSources } from "./sources.ts";

/** Who holds which role on what pipelines use, by the access control lists behind the roles. */
export interface RoleReading {
  index(call: Call): Promise<RoleIndex>;
  /** What is listed of a type, ascending by id: each project's, and what the organization has of it. */
  objects(type: RoleObjectType, call: Call): Promise<ReadonlyMap<string, RoleObject>>;
  find(type: RoleObjectType, id: string, call: Call): Promise<RoleObject | undefined>;
  grants(type: string, id: string, call: Call): Promise<Grant[]>;
  /** The bits of each role of a scope. */
  masks(scope: RoleScope, call: Call): Promise<RoleMasks>;
  /** The roles on all of a kind, of a project or the organization. */
  hubEntitlements(type: "project" | "organization", id: string, call: Call): Promise<readonly EntitlementDefinition[]>;
  /** Lists of what no listing has. */
  unplaced(call: Call): Promise<readonly Unplaced[]>;
  /** Whoever an entry is for. */
  holders(call: Call): Promise<readonly Member[]>;
}

export function createRoleReading(sources: RoleSources, life: SharedOptions): RoleReading {
  const { objects, types, tables, resolver } = sources;
  const definitions = createRoleDefinitions(sources.client, life);
  const { index, holders } = withHolders(
    createShared((call) => readRoleIndex(sources, call), life),
    tables.descriptors,
    resolver,
  );

  async function contextFor(tokens: readonly RoleToken[], call: Call): Promise<HeldContext> {
    return {
      holders: await holders(call),
      containers: tokens.some(isContested) ? await sources.containers(call) : undefined,
      withInherited: () => false,
      administrators: await sources.administrators(call),
    };
  }

  const kept = createKeptRows<readonly Row[]>();

  async function rows(type: string, id: string, call: Call): Promise<readonly Row[]> {
    const places = await index(call);
    return kept(places, `${type}:${id}`, async () => {
      const tokens = places.tokens(type, id);
      const [context, roleGroups] = await Promise.all([contextFor(tokens, call), sources.roleGroups(call)]);
      const { containers } = context;
      const found = tokens.map(async (token) => {
        const masks = await definitions(token.place.scope, call);
        return roleRowsOf(token, heldOn(token, context), { masks, roleGroups, containers });
      });
      return joinRows((await Promise.all(found)).flat());
    });
  }

  const listed = (type: RoleObjectType) =>
    createShared(async (call) => {
      const [all, { ids }] = await Promise.all([objects.all(type, call), index(call)]);
      const shared = sharedObjects(all, ids(type));
      if (shared.length === 0) return all;
      return new Map(
        [...all.values(), ...shared].sort((a, b) => compareText(a.id, b.id)).map((each) => [each.id, each]),
      );
    }, life);
  const listings = new Map(types.map((type) => [type, listed(type)]));

  return {
    index,
    masks: definitions,
    objects: async (type, call) => listings.get(type)?.get(call) ?? new Map(),
    async find(type, id, call) {
      const listing = listings.get(type);
      if (!listing) return undefined;
      // Only the lists tell which objects the organization has besides those of its projects.
      const isAlone = id.includes("_") || type === "agent-pool";
      return isAlone && !listing.started ? objects.find(type, id, call) : (await listing.get(call)).get(id);
    },
    async grants(type, id, call) {
      const [made, held, context, { anchors }] = await Promise.all([
        rows(type, id, call),
        holders(call),
        sources.grantContext(call),
        index(call),
      ]);
      return made.map((row) => grantOf(row, { ...context, holders: held, anchors }));
    },
    async hubEntitlements(type, id, call) {
      if ((await index(call)).tokens(type, id).length === 0) return [];
      const hubs = hubsOf(type, types).map(async (hub) => ({ ...hub, masks: await definitions(hub.scope, call) }));
      return hubEntitlements(await Promise.all(hubs), await rows(type, id, call), sources);
    },
    unplaced: async (call) => (await index(call)).unplaced,
    holders: async (call) => (await holders(call)).all(),
  };
}

/** The objects themselves, whoever uses them: told where they have a list, under the name that one of their projects has for them. */
function sharedObjects(all: ReadonlyMap<string, RoleObject>, ids: readonly string[]): RoleObject[] {
  const wanted = new Set(ids.filter((id) => !all.has(id)));
  const found = new Map<string, RoleObject>();
  for (const object of all.values()) {
    const id = sharedId(object.id);
    if (!wanted.has(id) || found.has(id)) continue;
    const { name, description, profile, createdAt } = object;
    found.set(id, {
      id,
      name,
      description,
      createdAt,
      profile: { ...profile, scope: "organization", shared_with: "" },
    });
  }
  return [...found.values()];
}
