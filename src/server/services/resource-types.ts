import { create } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import {
  SkipEntitlementsAndGrantsSchema,
  SkipEntitlementsSchema,
} from "../../../gen/c1/connector/v2/annotation_resource_tree_pb.js";
import { TypeScopedEntitlementsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_entitlements_pb.js";
import { TypeScopedGrantsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.js";
import {
  ResourceTypesService,
  ResourceTypesServiceListResourceTypesResponseSchema,
} from "../../../gen/c1/connector/v2/resource_pb.js";
import { hasGrants, type ResourceHandler } from "../../connector/handler.ts";
import { pack, resourceTypeMessage } from "../../connector/to-proto.ts";
import { ConnectorError } from "../../errors.ts";
import { mount } from "../service.ts";
import type { ConnectorScope, ListingMode } from "./scope.ts";

/** The resource types; a handful, in one page. */
export function resourceTypesService<R>({ registry, listing }: ConnectorScope<R>) {
  return mount(ResourceTypesService, {
    async listResourceTypes({ pageToken }) {
      if (pageToken !== "")
        throw new ConnectorError("invalid-request", "resource types come in one page, without token");
      const list = registry.handlers.map((handler) =>
        resourceTypeMessage(handler.type, annotationsOf(handler, listing)),
      );
      return create(ResourceTypesServiceListResourceTypesResponseSchema, { list });
    },
  });
}

/**
 * What spares the platform calls: nothing to ask on types without entitlements; elsewhere entitlements are static, or
 * come type by type as grants do.
 */
export function annotationsOf(handler: ResourceHandler<never>, listing: ListingMode): Any[] {
  if (!hasGrants(handler)) return [pack(SkipEntitlementsAndGrantsSchema, {})];
  if (listing === "per-resource") return [];
  const entitlements = handler.ownEntitlements ? TypeScopedEntitlementsSchema : SkipEntitlementsSchema;
  return [pack(entitlements, {}), pack(TypeScopedGrantsSchema, {})];
}
