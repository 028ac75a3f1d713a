import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import {
  type GrantsServiceListGrantsResponse,
  GrantsServiceListGrantsResponseSchema,
} from "../../gen/c1/connector/v2/grant_pb.js";
import { entitlementId, grantId } from "./ids.ts";
import type { GrantRow } from "./listing.ts";
import type { ResourceRef } from "./model.ts";
import { grantMessage } from "./to-proto.ts";

/** A response that can be had as bytes without making its messages first, or as a message where one is needed. */
export class EncodedPage<T> {
  readonly bytes: () => Uint8Array;
  readonly message: () => T;

  constructor(bytes: () => Uint8Array, message: () => T) {
    this.bytes = bytes;
    this.message = message;
  }
}

/**
 * Grants are most of what a sync transfers, and they repeat their entitlement and principal. Both are encoded once a
 * page and put together here, with the field numbers of `c1/connector/v2/grant.proto`; property tests hold the result
 * to what protobuf-es makes of the same rows.
 */
export function grantsPage(
  rows: readonly GrantRow[],
  nextPageToken: string,
): EncodedPage<GrantsServiceListGrantsResponse> {
  return new EncodedPage(
    () => encodeGrants(rows, nextPageToken),
    () => create(GrantsServiceListGrantsResponseSchema, { list: rows.map(grantMessage), nextPageToken }),
  );
}

const field = (number: number, type: WireType = WireType.LengthDelimited) => ({ number, type });
const list = { grants: field(1), nextPageToken: field(2) };
const grant = { entitlement: field(1), principal: field(2), id: field(3), annotations: field(4) };
const entitlement = { resource: field(1), id: field(2), slug: field(8) };
const resource = { id: field(1) };
const resourceId = { type: field(1), id: field(2) };
const any = { typeUrl: field(1), value: field(2) };

const expandableUrl = `type.googleapis.com/${GrantExpandableSchema.typeName}`;

function encodeGrants(rows: readonly GrantRow[], nextPageToken: string): Uint8Array {
  const page = new BinaryWriter();
  const principals = new Map<string, Uint8Array>();
  let last: { readonly key: string; readonly bytes: Uint8Array } | undefined;
  for (const row of rows) {
    const key = entitlementId(row.resource, row.slug);
    if (last?.key !== key) last = { key, bytes: entitlementBytes(row, key) };
    const principalKey = `${row.principal.type}:${row.principal.id}`;
    let principal = principals.get(principalKey);
    if (!principal) {
      principal = resourceBytes(row.principal);
      principals.set(principalKey, principal);
    }
    const writer = new BinaryWriter();
    bytesField(writer, grant.entitlement, last.bytes);
    bytesField(writer, grant.principal, principal);
    textField(writer, grant.id, grantId(row.resource, row.slug, row.principal));
    if (row.throughSlug !== undefined)
      bytesField(writer, grant.annotations, expandable(row.principal, row.throughSlug));
    bytesField(page, list.grants, writer.finish());
  }
  textField(page, list.nextPageToken, nextPageToken);
  return page.finish();
}

function entitlementBytes({ resource: of, slug }: GrantRow, id: string): Uint8Array {
  const writer = new BinaryWriter();
  bytesField(writer, entitlement.resource, resourceBytes(of));
  textField(writer, entitlement.id, id);
  textField(writer, entitlement.slug, slug);
  return writer.finish();
}

function resourceBytes({ type, id }: ResourceRef): Uint8Array {
  const idWriter = new BinaryWriter();
  textField(idWriter, resourceId.type, type);
  textField(idWriter, resourceId.id, id);
  const writer = new BinaryWriter();
  bytesField(writer, resource.id, idWriter.finish());
  return writer.finish();
}

function expandable(principal: ResourceRef, slug: string): Uint8Array {
  const message = create(GrantExpandableSchema, { entitlementIds: [entitlementId(principal, slug)] });
  const writer = new BinaryWriter();
  textField(writer, any.typeUrl, expandableUrl);
  bytesField(writer, any.value, toBinary(GrantExpandableSchema, message));
  return writer.finish();
}

function bytesField(writer: BinaryWriter, { number, type }: ReturnType<typeof field>, value: Uint8Array): void {
  writer.tag(number, type).bytes(value);
}

/** Empty texts are left out, as proto3 does. */
function textField(writer: BinaryWriter, { number, type }: ReturnType<typeof field>, value: string): void {
  if (value !== "") writer.tag(number, type).string(value);
}
