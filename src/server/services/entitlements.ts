import { create } from "@bufbuild/protobuf";
import {
  EntitlementsService,
  EntitlementsServiceListEntitlementsResponseSchema,
  EntitlementsServiceListStaticEntitlementsResponseSchema,
} from "../../../gen/c1/connector/v2/entitlement_pb.js";
import { listEntitlementsOf, listEntitlementsOfType } from "../../connector/listing.ts";
import { entitlementMessage, staticEntitlementMessage } from "../../connector/to-proto.ts";
import { ConnectorError } from "../../errors.ts";
import { mount } from "../service.ts";
import { type ConnectorScope, canonicalRef, readingsOf, refOf, tokensOf } from "./scope.ts";
import { isWholeType } from "./type-scope.ts";

export function entitlementsService<R>(scope: ConnectorScope<R>) {
  const { registry, fingerprint, listing } = scope;
  return mount(EntitlementsService, {
    async listStaticEntitlements({ resourceTypeId, pageToken }) {
      const { entitlements } = registry.handler(resourceTypeId);
      if (pageToken !== "")
        throw new ConnectorError("invalid-request", "static entitlements come in one page, without token");
      // In a targeted sync the platform asks for none of these, so then each resource lists its own.
      const list = listing === "type-scoped" ? entitlements.map(staticEntitlementMessage) : [];
      return create(EntitlementsServiceListStaticEntitlementsResponseSchema, { list });
    },
    async listEntitlements({ resource, pageSize, pageToken, annotations, activeSyncId: syncId }, context) {
      const asked = refOf(resource?.id);
      const readings = readingsOf(scope, syncId, context);
      const whole = isWholeType(asked, annotations);
      const { ref, handler } = whole
        ? { ref: asked, handler: registry.handler(asked.type) }
        : await canonicalRef(scope, readings, asked, context);
      const tokenScope = { method: "entitlements", type: ref.type, parent: "", fingerprint, syncId } as const;
      const tokens = tokensOf({ ...tokenScope, resource: whole ? "" : ref.id });
      const request = { position: tokens.decode(pageToken), pageSize };
      const page = whole
        ? await listEntitlementsOfType({ handler, readings }, request, context.call)
        : listEntitlementsOf(ref, handler.entitlements, request);
      return create(EntitlementsServiceListEntitlementsResponseSchema, {
        list: page.items.map(entitlementMessage),
        nextPageToken: tokens.encode(page.next),
      });
    },
  });
}
