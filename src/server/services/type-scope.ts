import { type Any, anyIs } from "@bufbuild/protobuf/wkt";
import { TypeScopedEntitlementsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_entitlements_pb.js";
import { TypeScopedGrantsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.js";
import type { ResourceRef } from "../../connector/model.ts";

/**
 * True when a request asks for a whole type: it names the resource (type, type) and carries the marker. No resource
 * has its type for an id, so the name alone is enough, and people with grpcurl need not pack a marker.
 */
export function isWholeType({ type, id }: ResourceRef, annotations: readonly Any[]): boolean {
  if (type === id) return true;
  return annotations.some((any) => anyIs(any, TypeScopedGrantsSchema) || anyIs(any, TypeScopedEntitlementsSchema));
}
