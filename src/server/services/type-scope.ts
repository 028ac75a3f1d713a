import { type Any, anyIs } from "@bufbuild/protobuf/wkt";
import { TypeScopedEntitlementsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_entitlements_pb.js";
import { TypeScopedGrantsSchema } from "../../../gen/c1/connector/v2/annotation_type_scoped_grants_pb.js";
import { shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import type { Context } from "../service.ts";
import { type ConnectorScope, canonicalRef, type RequestedId, readingsOf, refOf, tokensOf } from "./scope.ts";

/**
 * True when a request asks for a whole type: it names the resource (type, type) and carries the marker. No resource
 * has its type for an id, so the name alone is enough, and people with grpcurl need not pack a marker.
 */
function isWholeType({ type, id }: ResourceRef, annotations: readonly Any[]): boolean {
  if (type === id) return true;
  const marker = annotations.find(
    (any) => anyIs(any, TypeScopedGrantsSchema) || anyIs(any, TypeScopedEntitlementsSchema),
  );
  if (!marker) return false;
  throw new ConnectorError(
    "invalid-request",
    `the annotation ${marker.typeUrl.split(".").pop()} asks for all of ${type}, and the id for ${shorten(id)} alone: ` +
      `send ${type} for the id, or leave the annotation out`,
  );
}

/** What ListEntitlements and ListGrants ask for: one resource, or a whole type. */
export interface ScopedRequest {
  readonly resource?: { readonly id?: RequestedId | undefined } | undefined;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly annotations: readonly Any[];
  readonly activeSyncId: string;
}

/** Finds out what a scoped listing is about, in the form in which it is reported, and reads its page token. */
export async function scopedListing<R>(
  scope: ConnectorScope<R>,
  method: "entitlements" | "grants",
  { resource, pageSize, pageToken, annotations, activeSyncId: syncId }: ScopedRequest,
  context: Context,
) {
  const asked = refOf(resource?.id);
  const whole = isWholeType(asked, annotations);
  scope.registry.handler(asked.type); // A request for a type that is not served starts no session.
  const readings = readingsOf(scope, syncId, context);
  const { ref, handler } = whole
    ? { ref: asked, handler: scope.registry.handler(asked.type) }
    : await canonicalRef(scope, readings, asked, context);
  const { fingerprint } = scope;
  const tokens = tokensOf({ method, type: ref.type, resource: whole ? "" : ref.id, parent: "", fingerprint, syncId });
  return { whole, ref, handler, readings, tokens, page: { position: tokens.decode(pageToken), pageSize } };
}
