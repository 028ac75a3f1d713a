import { create } from "@bufbuild/protobuf";
import {
  EntitlementsService,
  EntitlementsServiceListEntitlementsResponseSchema,
  EntitlementsServiceListStaticEntitlementsResponseSchema,
} from "../../../gen/c1/connector/v2/entitlement_pb.js";
import { listEntitlementsOf, listEntitlementsOfType } from "../../connector/listing.ts";
import { entitlementMessage, staticEntitlementMessage } from "../../connector/rights-to-proto.ts";
import { ConnectorError } from "../../errors.ts";
import { mount } from "../service.ts";
import type { ConnectorScope } from "./scope.ts";
import { scopedListing } from "./type-scope.ts";

export function entitlementsService<R>(scope: ConnectorScope<R>) {
  const { registry, listing } = scope;
  return mount(EntitlementsService, {
    async listStaticEntitlements({ resourceTypeId, pageToken }) {
      const { entitlements, ownEntitlements, type } = registry.handler(resourceTypeId);
      if (pageToken !== "")
        throw new ConnectorError("invalid-request", "static entitlements come in one page, without token");
      // In a targeted sync the platform asks for none of these, so then each resource lists its own.
      const isStatic = listing === "type-scoped" && !ownEntitlements;
      const list = isStatic ? entitlements.map((each) => staticEntitlementMessage(type.id, each)) : [];
      return create(EntitlementsServiceListStaticEntitlementsResponseSchema, { list });
    },
    async listEntitlements(request, context) {
      const { whole, ref, tokens, page, ...of } = await scopedListing(scope, "entitlements", request, context);
      const { items, next } = whole
        ? await listEntitlementsOfType(of, page, context.call)
        : await listEntitlementsOf({ ...of, resource: ref }, page, context.call);
      return create(EntitlementsServiceListEntitlementsResponseSchema, {
        list: items.map(entitlementMessage),
        nextPageToken: tokens.encode(next),
      });
    },
  });
}
