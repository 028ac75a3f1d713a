import { create, toBinary } from "@bufbuild/protobuf";
import { type Any, AnySchema } from "@bufbuild/protobuf/wkt";
import { type StreamSyncResponse, StreamSyncResponseSchema } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { GrantExpandableSchema } from "../../gen/c1/connector/v2/annotation_grant_pb.js";
import {
  type GrantsServiceListGrantsResponse,
  GrantsServiceListGrantsResponseSchema,
} from "../../gen/c1/connector/v2/grant_pb.js";
import { entitlementId } from "./ids.ts";
import type { GrantRow, ResourceRef } from "./model.ts";
import { fieldSize, ProtoWriter, textSize } from "./proto-writer.ts";
import { grantAnnotations, grantMessage } from "./rights-to-proto.ts";

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
    () => {
      const page = new ProtoWriter();
      writeGrants(page, field.list.grants, rows);
      page.text(field.list.nextPageToken, nextPageToken);
      return page.finish();
    },
    () => create(GrantsServiceListGrantsResponseSchema, { list: rows.map(grantMessage), nextPageToken }),
  );
}

const expandableUrl = `type.googleapis.com/${GrantExpandableSchema.typeName}`;

/** A batch of a stream: its grants put together here, the rest of it by protobuf-es. */
export function grantsBatch(rest: StreamSyncResponse, rows: readonly GrantRow[]): EncodedPage<StreamSyncResponse> {
  return new EncodedPage(
    () => {
      const batch = new ProtoWriter();
      // Encoded messages that follow each other are one message with the fields of both.
      batch.append(toBinary(StreamSyncResponseSchema, rest));
      writeGrants(batch, StreamSyncResponseSchema.field.grants.number, rows);
      return batch.finish();
    },
    () => ({ ...rest, grants: rows.map(grantMessage) }),
  );
}

function writeGrants(page: ProtoWriter, list: number, rows: readonly GrantRow[]): void {
  const principals = new Map<string, Encoded>();
  let last: (Encoded & { readonly text: string }) | undefined;
  for (const row of rows) {
    const { resource, slug, principal } = row;
    const text = entitlementId(resource, slug);
    if (last?.text !== text) {
      last = { text, id: Buffer.from(`${text}:`), message: entitlementBytes(resource, slug, text) };
    }
    const key = `${principal.type}:${principal.id}`;
    let who = principals.get(key);
    if (!who) {
      who = { id: Buffer.from(key), message: resourceBytes(principal) };
      principals.set(key, who);
    }
    const idSize = last.id.length + who.id.length;
    const annotations = annotationsBytes(row);
    let size = fieldSize(last.message.length) + fieldSize(who.message.length) + fieldSize(idSize);
    for (const annotation of annotations) size += fieldSize(annotation.length);
    page.open(list, size);
    page.bytes(field.grant.entitlement, last.message);
    page.bytes(field.grant.principal, who.message);
    page.open(field.grant.id, idSize);
    page.raw(last.id);
    page.raw(who.id);
    for (const annotation of annotations) page.bytes(field.grant.annotations, annotation);
  }
}

/** Half of a grant: what it adds to the grant's id, and its message. */
interface Encoded {
  readonly id: Uint8Array;
  readonly message: Uint8Array;
}

/** Field numbers of the messages on the page. */
const field = {
  list: { grants: 1, nextPageToken: 2 },
  grant: { entitlement: 1, principal: 2, id: 3, annotations: 4 },
  entitlement: { resource: 1, id: 2, slug: 8 },
  resource: { id: 1 },
  resourceId: { type: 1, id: 2 },
  any: { typeUrl: 1, value: 2 },
} as const;

function entitlementBytes(resource: ResourceRef, slug: string, id: string): Uint8Array {
  const writer = new ProtoWriter();
  writer.bytes(field.entitlement.resource, resourceBytes(resource));
  writer.text(field.entitlement.id, id);
  writer.text(field.entitlement.slug, slug);
  return writer.finish();
}

function resourceBytes({ type, id }: ResourceRef): Uint8Array {
  const writer = new ProtoWriter();
  writer.open(field.resource.id, textSize(type) + textSize(id));
  writer.text(field.resourceId.type, type);
  writer.text(field.resourceId.id, id);
  return writer.finish();
}

/** In the order of `grantAnnotations`; what most grants have is written by hand. */
function annotationsBytes(row: GrantRow): Uint8Array[] {
  const { principal, throughSlug, metadata, immutable } = row;
  const annotations = throughSlug === undefined ? [] : [expandableBytes(principal, throughSlug)];
  if (immutable !== undefined) annotations.push(...immutableBytes(immutable));
  if (metadata) annotations.push(...metadataBytes(metadata));
  return annotations;
}

/** There are a few reasons, and each is told of many grants. */
const encodedReasons = new Map<string, Uint8Array[]>();
const maxReasons = 1_000;

function immutableBytes(immutable: string): Uint8Array[] {
  const known = encodedReasons.get(immutable);
  if (known) return known;
  const encoded = encode(grantAnnotations({ slug: "", principal: { type: "", id: "" }, immutable }));
  if (encodedReasons.size >= maxReasons) encodedReasons.clear();
  encodedReasons.set(immutable, encoded);
  return encoded;
}

/** Grants that say the same of themselves share one object. */
const encodedMetadata = new WeakMap<object, Uint8Array[]>();

function metadataBytes(metadata: NonNullable<GrantRow["metadata"]>): Uint8Array[] {
  const known = encodedMetadata.get(metadata);
  if (known) return known;
  const principal = { type: "", id: "" };
  const encoded = encode(grantAnnotations({ slug: "", principal, metadata }));
  encodedMetadata.set(metadata, encoded);
  return encoded;
}

const encode = (annotations: readonly Any[]) => annotations.map((any) => toBinary(AnySchema, any));

function expandableBytes(principal: ResourceRef, slug: string): Uint8Array {
  const message = create(GrantExpandableSchema, { entitlementIds: [entitlementId(principal, slug)] });
  const writer = new ProtoWriter();
  writer.text(field.any.typeUrl, expandableUrl);
  writer.bytes(field.any.value, toBinary(GrantExpandableSchema, message));
  return writer.finish();
}
