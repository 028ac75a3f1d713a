import type { Call } from "../call.ts";
import type { ResourceHandler } from "../connector/handler.ts";
import { compareText } from "../connector/ids.ts";
import { compareGrants } from "../connector/keyset.ts";
import type { EntitlementDefinition, Grant } from "../connector/model.ts";
import { globalFeedEntitlements, globalFeedGrants } from "./feeds/global.ts";
import { isRoleType, type SyncOptions } from "./options.ts";
import type { GovernedType } from "./permissions/sources.ts";
import type { Readings } from "./readings/index.ts";
import { globalFeedRoleWriter } from "./writers/feed-roles.ts";
import { isPermissionSlug } from "./writers/permission-target.ts";
import { permissionWriter } from "./writers/permissions.ts";
import { hubRoleWriter } from "./writers/roles.ts";

type Parts = Pick<ResourceHandler<Readings>, "ownEntitlements" | "grants" | "writer">;

/** A kind of rights on resources of one type. */
interface Rights {
  /** Ids of the resources that have such rights, ascending. */
  ids(readings: Readings, call: Call): Promise<readonly string[]>;
  entitlements(readings: Readings, id: string, call: Call): Promise<readonly EntitlementDefinition[]>;
  grants(readings: Readings, id: string, call: Call): Promise<readonly Grant[]>;
}

/** Entitlements and grants of a type on which several kinds of rights are held; none where none of them is read. */
export function governed(
  type: GovernedType,
  options: SyncOptions,
  exists: (readings: Readings, id: string, call: Call) => Promise<boolean>,
): Parts {
  const kinds = kindsOf(type, options);
  if (kinds.length === 0) return {};
  return {
    ownEntitlements: {
      async of(readings, id, whole, call) {
        if (!whole && !(await exists(readings, id, call))) return undefined;
        const found = await Promise.all(kinds.map((kind) => kind.entitlements(readings, id, call)));
        return found.flat().sort((a, b) => compareText(a.slug, b.slug));
      },
    },
    writer(slug) {
      if (type === "organization" && slug.startsWith("feeds.")) return globalFeedRoleWriter;
      if (isPermissionSlug(slug)) return permissionWriter(type);
      return type === "repository" ? undefined : hubRoleWriter(type, slug);
    },
    grants: {
      async resourceIds(readings, call) {
        const found = await Promise.all(kinds.map((kind) => kind.ids(readings, call)));
        return [...new Set(found.flat())].sort(compareText);
      },
      has: exists,
      async of(readings, id, whole, call) {
        if (!whole && !(await exists(readings, id, call))) return undefined;
        const found = await Promise.all(kinds.map((kind) => kind.grants(readings, id, call)));
        return found.flat().sort(compareGrants);
      },
    },
  };
}

function kindsOf(type: GovernedType, { permissionDetail, optionalTypes }: SyncOptions): Rights[] {
  return [
    ...(permissionDetail === "roles" ? [] : [permissionsOf(type)]),
    ...(type !== "repository" && optionalTypes.some(isRoleType) ? [hubRolesOf(type)] : []),
    ...(type === "organization" && optionalTypes.includes("feed") ? [rolesOnAllFeeds] : []),
  ];
}

/** What stands in the access control lists of the type's namespaces. */
function permissionsOf(type: GovernedType): Rights {
  return {
    ids: async ({ permissions }, call) => permissions.ids(type, call),
    entitlements: ({ permissions }, id, call) => permissions.entitlements(type, id, call),
    grants: ({ permissions }, id, call) => permissions.grants(type, id, call),
  };
}

/** Roles on all of a kind of what pipelines use. */
function hubRolesOf(type: "project" | "organization"): Rights {
  return {
    ids: async ({ roles }, call) => (await roles.index(call)).ids(type),
    entitlements: ({ roles }, id, call) => roles.hubEntitlements(type, id, call),
    grants: ({ roles }, id, call) => roles.grants(type, id, call),
  };
}

const rolesOnAllFeeds: Rights = {
  async ids({ access }, call) {
    return (await access.absence("feeds", call)) ? [] : [(await access.connection(call)).instanceId.toLowerCase()];
  },
  entitlements: (readings, _id, call) => globalFeedEntitlements(readings, call),
  grants: (readings, _id, call) => globalFeedGrants(readings, call),
};
