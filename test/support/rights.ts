import type { Any } from "@bufbuild/protobuf/wkt";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import {
  type EntitlementExclusionGroup,
  EntitlementExclusionGroupSchema,
} from "../../gen/c1/connector/v2/annotation_exclusion_group_pb.js";
import { GrantExpandableSchema, GrantMetadataSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import type { Entitlement } from "../../gen/c1/connector/v2/entitlement_pb.js";
import type { Grant } from "../../gen/c1/connector/v2/grant_pb.js";
import type { Resource, ResourceId } from "../../gen/c1/connector/v2/resource_pb.js";

/** Everything that a stream told, by list. */
export interface Streamed {
  readonly resources: readonly Resource[];
  readonly entitlements: readonly Entitlement[];
  readonly grants: readonly Grant[];
}

export function rowsOfStream(batches: readonly StreamSyncResponse[]): Streamed {
  return {
    resources: batches.flatMap(({ resources }) => resources),
    entitlements: batches.flatMap(({ entitlements }) => entitlements),
    grants: batches.flatMap(({ grants }) => grants),
  };
}

/** `<type>:<id>`. */
export const keyOf = (id: ResourceId | undefined) => `${id?.resourceType}:${id?.resource}`;

function unpacked<T>(annotations: readonly Any[], unpack: (any: Any) => T | undefined): T | undefined {
  return annotations.map(unpack).find((found) => found !== undefined);
}

/** The entitlements of the principal to which a grant is expanded; none where it is not. */
export function expandsTo({ annotations }: Grant): readonly string[] {
  return unpacked(annotations, (any) => anyUnpack(any, GrantExpandableSchema))?.entitlementIds ?? [];
}

export function exclusionOf({ annotations }: Entitlement): EntitlementExclusionGroup | undefined {
  return unpacked(annotations, (any) => anyUnpack(any, EntitlementExclusionGroupSchema));
}

/** What a grant says of itself. */
export function metadataOf({ annotations }: Grant): Readonly<Record<string, unknown>> {
  return unpacked(annotations, (any) => anyUnpack(any, GrantMetadataSchema))?.metadata ?? {};
}
