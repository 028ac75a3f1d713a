import { create } from "@bufbuild/protobuf";
import {
  ResourceGetterService,
  ResourceGetterServiceGetResourceResponseSchema,
  ResourcesService,
  ResourcesServiceListResourcesResponseSchema,
} from "../../../gen/c1/connector/v2/resource_pb.js";
import { gone } from "../../connector/listing.ts";
import { listResources } from "../../connector/resource-listing.ts";
import { resourceMessage } from "../../connector/to-proto.ts";
import { mount } from "../service.ts";
import { type ConnectorScope, canonicalRef, readingsOf, refOf, tokensOf } from "./scope.ts";

export function resourcesService<R>(scope: ConnectorScope<R>) {
  return mount(ResourcesService, {
    async listResources(request, context) {
      const { resourceTypeId: type, parentResourceId, pageSize, pageToken, activeSyncId: syncId } = request;
      const handler = scope.registry.handler(type);
      const parent = parentResourceId && refOf(parentResourceId);
      const tokens = tokensOf({
        method: "resources",
        type,
        resource: "",
        parent: parent ? `${parent.type}:${parent.id}` : "",
        fingerprint: scope.fingerprint,
        syncId,
      });
      const position = tokens.decode(pageToken);
      const source = handler.list(readingsOf(scope, syncId, context));
      const page = await listResources(source, parent, { position, pageSize }, context.call);
      const list = page.items.map(resourceMessage);
      return create(ResourcesServiceListResourcesResponseSchema, { list, nextPageToken: tokens.encode(page.next) });
    },
  });
}

export function resourceGetterService<R>(scope: ConnectorScope<R>) {
  return mount(ResourceGetterService, {
    async getResource({ resourceId, activeSyncId }, context) {
      const asked = refOf(resourceId);
      scope.registry.handler(asked.type);
      const readings = readingsOf(scope, activeSyncId, context);
      const { ref, handler } = await canonicalRef(scope, readings, asked, context);
      const resource = await handler.get(readings, ref.id, context.call);
      if (!resource) throw gone(asked);
      return create(ResourceGetterServiceGetResourceResponseSchema, { resource: resourceMessage(resource) });
    },
  });
}
