import type { Any } from "@bufbuild/protobuf/wkt";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { EntitlementContentsSchema } from "../../gen/azuredevops/connector/v1/permissions_pb.js";
import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import type { ReachCounter } from "./reach.ts";

type Rows = Pick<StreamSyncResponse, "resources" | "entitlements" | "grants">;

/** A repository with rows of its own. */
export interface ToldRepository {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly inherits: boolean;
}

/** Who holds a permission on a repository by the rows of a sync, as `type:id`. */
export interface ToldHolders {
  /** By its own rows, members of groups included where a grant says that it is theirs. */
  readonly own: ReadonlySet<string>;
  /** By those of the project and the organization, which the repository's own denies may take away. */
  readonly inherited: ReadonlySet<string>;
  /** Members of groups whose grant is not theirs, since a deny touches some of them. */
  readonly inPinnedGroups: ReadonlySet<string>;
}

interface ToldGrant {
  readonly principal: string;
  readonly isGroup: boolean;
  readonly expandable: boolean;
}

/** Gathers from the rows of a sync whoever holds one permission: singly, in a bundle, or by membership of a role. */
export function createToldHolders(permission: string, bundles: readonly string[], reach: ReachCounter) {
  const repositories = new Map<string, ToldRepository>();
  const grants = new Map<string, ToldGrant[]>();
  let organization = "";
  const slugs = new Set([permission, ...bundles]);

  function put(resource: string, grant: ToldGrant): void {
    const known = grants.get(resource);
    if (known) known.push(grant);
    else grants.set(resource, [grant]);
  }

  function holdersOf(resource: string): Set<string> {
    const found = new Set<string>();
    for (const { principal, isGroup, expandable } of grants.get(resource) ?? []) {
      if (!isGroup) found.add(principal);
      else if (expandable) for (const member of reach.within(principal)) found.add(member);
    }
    return found;
  }

  const pinnedOn = (id: string) =>
    (grants.get(`repository:${id}`) ?? []).filter(({ expandable, isGroup }) => isGroup && !expandable);

  return {
    add({ resources, entitlements, grants: rows }: Rows): void {
      for (const { id, displayName, parentResourceId, profile } of resources) {
        if (id?.resourceType === "organization") organization = `organization:${id.resource}`;
        if (id?.resourceType !== "repository") continue;
        const project = parentResourceId?.resource ?? "";
        repositories.set(id.resource, {
          id: id.resource,
          project,
          name: `${String(profile?.project ?? project)}/${displayName}`,
          inherits: profile?.inheritance !== false,
        });
      }
      for (const { annotations, resource } of entitlements) {
        for (const { permissions, resourceIds } of contentsOf(annotations)) {
          if (!permissions.includes(permission)) continue;
          const principal = `${resource?.id?.resourceType}:${resource?.id?.resource}`;
          for (const on of resourceIds) {
            put(`${on.resourceType}:${on.resource}`, { principal, isGroup: true, expandable: true });
          }
        }
      }
      for (const { annotations, entitlement, principal } of rows) {
        const on = entitlement?.resource?.id;
        if (!on || !principal?.id || !slugs.has(entitlement.slug)) continue;
        const { resource, resourceType } = principal.id;
        put(`${on.resourceType}:${on.resource}`, {
          principal: `${resourceType}:${resource}`,
          isGroup: resourceType === "group" || resourceType === "team",
          expandable: annotations.some(({ typeUrl }) => typeUrl.endsWith(`/${GrantExpandableSchema.typeName}`)),
        });
      }
    },
    /** The one with a deny, several ways to hold it, and no more holders than fit on a screen, as far as there is such. */
    telling(): ToldRepository | undefined {
      const scored = [...repositories.values()].map((repository) => {
        const ways = grants.get(`repository:${repository.id}`) ?? [];
        const holders = holdersOf(`repository:${repository.id}`).size;
        const pinned = pinnedOn(repository.id).length > 0 ? 3 : 0;
        const fits = holders > 1 && holders <= 40 ? 3 : 0;
        return { repository, score: ways.length === 0 ? -1 : pinned + fits + Math.min(ways.length, 3) };
      });
      return scored.sort((a, b) => b.score - a.score)[0]?.repository;
    },
    of({ id, inherits, project }: ToldRepository): ToldHolders {
      return {
        own: holdersOf(`repository:${id}`),
        inherited: new Set(inherits ? [...holdersOf(`project:${project}`), ...holdersOf(organization)] : []),
        inPinnedGroups: new Set(pinnedOn(id).flatMap(({ principal }) => [...reach.within(principal)])),
      };
    },
  };
}

function contentsOf(annotations: readonly Any[]) {
  return annotations.flatMap((any) => anyUnpack(any, EntitlementContentsSchema)?.sets ?? []);
}
