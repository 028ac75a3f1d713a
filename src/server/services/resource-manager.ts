import { create } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { ResourceDoesNotExistSchema } from "../../../gen/c1/connector/v2/annotation_resource_pb.js";
import {
  CreateResourceResponseSchema,
  DeleteResourceResponseSchema,
  DeleteResourceV2ResponseSchema,
  type Resource,
  ResourceDeleterService,
  type ResourceId,
  ResourceManagerService,
} from "../../../gen/c1/connector/v2/resource_pb.js";
import type { CreationRequest, ResourceDesk } from "../../connector/resource-changes.ts";
import { pack, resourceMessage } from "../../connector/to-proto.ts";
import { ConnectorError } from "../../errors.ts";
import { type Context, mount } from "../service.ts";
import { originOf, reportOf } from "./grant-manager.ts";
import { refOf } from "./scope.ts";

/** Resources that are made, changed and deleted, as the desk carries it out. */
export function resourceManagerServices(desk: ResourceDesk) {
  async function remove(resourceId: ResourceId | undefined, context: Context): Promise<Any[]> {
    const answer = await desk.remove(refOf(resourceId), originOf([], context), context.call);
    const gone = answer.outcome === "already" ? [pack(ResourceDoesNotExistSchema, {})] : [];
    return [...gone, reportOf(answer)];
  }

  return [
    mount(ResourceManagerService, {
      async createResource({ resource }, context) {
        const answer = await desk.create(creationOf(resource), originOf([], context), context.call);
        return create(CreateResourceResponseSchema, {
          annotations: [reportOf(answer)],
          ...(answer.resource ? { created: resourceMessage(answer.resource) } : {}),
        });
      },
      async deleteResource({ resourceId }, context) {
        return create(DeleteResourceResponseSchema, { annotations: await remove(resourceId, context) });
      },
    }),
    mount(ResourceDeleterService, {
      async deleteResourceV2({ resourceId }, context) {
        return create(DeleteResourceV2ResponseSchema, { annotations: await remove(resourceId, context) });
      },
    }),
  ];
}

/** The contract wants an id of what is to be made, too, so that the type alone knows which ids are of its resources. */
function creationOf(resource: Resource | undefined): CreationRequest {
  const { id, parentResourceId, displayName = "", description = "" } = resource ?? {};
  if (!id) {
    throw new ConnectorError("invalid-request", "the request names no type of resource: send it in resource.id");
  }
  return {
    type: id.resourceType,
    id: id.resource,
    parent: parentResourceId && refOf(parentResourceId),
    displayName: displayName.trim(),
    description: description.trim(),
  };
}
