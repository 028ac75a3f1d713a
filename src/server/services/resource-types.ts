import { create } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import {
  SkipEntitlementsAndGrantsSchema,
  SkipEntitlementsSchema,
} from "../../../gen/c1/connector/v2/annotation_resource_tree_pb.js";
import { TypeScopedGrantsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.js";
import {
  ResourceTypesService,
  ResourceTypesServiceListResourceTypesResponseSchema,
} from "../../../gen/c1/connector/v2/resource_pb.js";
import type { ResourceHandler } from "../../connector/handler.ts";
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
 * What spares the platform calls: nothing to ask on types without entitlements; elsewhere entitlements are static and
 * grants come type by type.
 */
export function annotationsOf({ entitlements, grants }: ResourceHandler<never>, listing: ListingMode): Any[] {
  if (entitlements.length === 0 || !grants) return [pack(SkipEntitlementsAndGrantsSchema, {})];
  if (listing === "per-resource") return [];
  return [pack(SkipEntitlementsSchema, {}), pack(TypeScopedGrantsSchema, {})];
}
