import type { ResourceHandler } from "../../connector/handler.ts";
import { isRef, shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { decodePageToken, encodePageToken, type Position, type TokenScope } from "../../connector/page-token.ts";
import type { Registry } from "../../connector/registry.ts";
import type { SessionStore } from "../../connector/sessions.ts";
import { ConnectorError } from "../../errors.ts";
import type { Context } from "../service.ts";

/** How entitlements and grants are offered to the platform. */
export type ListingMode = "type-scoped" | "per-resource";

/** What the services of one connector share. */
export interface ConnectorScope<R> {
  readonly registry: Registry<R>;
  readonly sessions: SessionStore<R>;
  /** Organization and options that decide what is listed; page tokens of another one are refused. */
  readonly fingerprint: string;
  readonly listing: ListingMode;
}

/** The ids as a request carries them. */
export interface RequestedId {
  readonly resourceType: string;
  readonly resource: string;
}

/** The reference that a request's id stands for; fails with `invalid-request` for what cannot be an id of ours. */
export function refOf(id: RequestedId | undefined): ResourceRef {
  if (!id)
    throw new ConnectorError(
      "invalid-request",
      "the request names no resource: send its type and id as listings tell them",
    );
  const ref = { type: id.resourceType, id: id.resource };
  if (isRef(ref)) return ref;
  throw new ConnectorError(
    "invalid-request",
    `not a resource id of this connector: ${shorten(`${ref.type}:${ref.id}`)}; take ids from its listings`,
  );
}

export function readingsOf<R>({ sessions }: ConnectorScope<R>, syncId: string, { caller }: Context): R {
  return sessions.readings({ caller, syncId });
}

/** The form in which a resource is reported: a team can be named by its id or by its group's. */
export async function canonicalRef<R>(
  { registry }: ConnectorScope<R>,
  readings: R,
  ref: ResourceRef,
  { call }: Context,
): Promise<{ ref: ResourceRef; handler: ResourceHandler<R> }> {
  const handler = registry.handler(ref.type);
  const canonical = (await handler.canonical?.(readings, ref, call)) ?? ref;
  return { ref: canonical, handler: registry.handler(canonical.type) };
}

/** Page tokens of one listing. */
export function tokensOf(scope: TokenScope) {
  return {
    decode: (token: string): Position => decodePageToken(token, scope),
    encode: (position: Position | undefined): string => (position ? encodePageToken(scope, position) : ""),
  };
}
