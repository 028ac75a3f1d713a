import { create } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import { EntitlementContentsSchema } from "../../gen/azuredevops/connector/v1/permissions_pb.js";
import { EntitlementImmutableSchema } from "../../gen/c1/connector/v2/annotation_entitlement_pb.js";
import { EntitlementExclusionGroupSchema } from "../../gen/c1/connector/v2/annotation_exclusion_group_pb.js";
import {
  GrantExpandableSchema,
  GrantImmutableSchema,
  GrantMetadataSchema,
} from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import {
  type Entitlement,
  Entitlement_PurposeValue,
  EntitlementSchema,
} from "../../gen/c1/connector/v2/entitlement_pb.js";
import { type Grant, GrantSchema } from "../../gen/c1/connector/v2/grant_pb.js";
import { ResourceSchema } from "../../gen/c1/connector/v2/resource_pb.js";
import { entitlementId, grantId } from "./ids.ts";
import type { EntitlementDefinition, EntitlementRow, GrantRow, Json, ResourceRef } from "./model.ts";
import { cut } from "./text.ts";
import { pack, resourceIdMessage } from "./to-proto.ts";

/** Where entitlements and grants become messages. */

const purposes = {
  assignment: Entitlement_PurposeValue.ASSIGNMENT,
  permission: Entitlement_PurposeValue.PERMISSION,
} as const;

/** An entitlement as every resource of a type has it: the platform fills in resource and id. */
export function staticEntitlementMessage(type: string, definition: EntitlementDefinition): Entitlement {
  return create(EntitlementSchema, {
    slug: definition.slug,
    displayName: cut(definition.displayName, 1024),
    description: cut(definition.description, 2048),
    purpose: purposes[definition.purpose],
    grantableTo: definition.grantableTo.map((id) => ({ id })),
    annotations: entitlementAnnotations(type, definition, undefined),
  });
}

export function entitlementMessage({ resource, definition }: EntitlementRow): Entitlement {
  const message = staticEntitlementMessage(resource.type, definition);
  message.id = entitlementId(resource, definition.slug);
  message.resource = create(ResourceSchema, { id: resourceIdMessage(resource) });
  message.annotations = entitlementAnnotations(resource.type, definition, resource);
  return message;
}

/** Exclusion groups are mostly one a resource: the platform adds its id where the entitlement is static. */
function entitlementAnnotations(
  type: string,
  { exclusion, immutable, contents }: EntitlementDefinition,
  resource: ResourceRef | undefined,
): Any[] {
  const annotations: Any[] = [];
  if (exclusion) {
    const { group, order, isDefault = false, ofType = false } = exclusion;
    const exclusionGroupId = `${type}-${group}${resource && !ofType ? `-${resource.id}` : ""}`;
    const scopeToResource = resource === undefined && !ofType;
    annotations.push(pack(EntitlementExclusionGroupSchema, { exclusionGroupId, order, isDefault, scopeToResource }));
  }
  if (immutable !== undefined) annotations.push(pack(EntitlementImmutableSchema, { metadata: { reason: immutable } }));
  if (contents) {
    const sets = contents.map(({ resources = [], permissions }) => ({
      resourceIds: resources.map(resourceIdMessage),
      permissions: [...permissions],
    }));
    annotations.push(pack(EntitlementContentsSchema, { sets }));
  }
  return annotations;
}

export function grantMessage(row: GrantRow): Grant {
  const { resource, slug, principal } = row;
  return create(GrantSchema, {
    id: grantId(resource, slug, principal),
    entitlement: { id: entitlementId(resource, slug), slug, resource: { id: resourceIdMessage(resource) } },
    principal: { id: resourceIdMessage(principal) },
    annotations: grantAnnotations(row),
  });
}

/** What a grant says of itself besides who holds what. */
export function grantAnnotations({ principal, throughSlug, metadata, immutable }: Omit<GrantRow, "resource">): Any[] {
  const annotations: Any[] = [];
  if (throughSlug !== undefined) {
    annotations.push(pack(GrantExpandableSchema, { entitlementIds: [entitlementId(principal, throughSlug)] }));
  }
  if (immutable !== undefined) annotations.push(pack(GrantImmutableSchema, { metadata: { reason: immutable } }));
  if (metadata) annotations.push(pack(GrantMetadataSchema, { metadata: jsonObject(metadata) }));
  return annotations;
}

type JsonValue = string | number | boolean | JsonValue[] | { [name: string]: JsonValue };

function jsonObject(record: { readonly [name: string]: Json }): { [name: string]: JsonValue } {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, jsonValue(value)]));
}

function jsonValue(value: Json): JsonValue {
  if (Array.isArray(value)) return value.map(jsonValue);
  return typeof value === "object" ? jsonObject(value as { readonly [name: string]: Json }) : value;
}
