import { createHash } from "node:crypto";
import { ConnectorError } from "../errors.ts";
import type { ResourceRef } from "./model.ts";
import { cut } from "./text.ts";

/**
 * The only builder and parser of ids. Resource ids never hold ':', so an entitlement id `<type>:<resource id>:<slug>`
 * and a grant id `<entitlement id>:<principal type>:<principal id>` join without escaping and split without doubt.
 */
const resourceIdPattern = /^[A-Za-z0-9._~-]{1,512}$/;
const slugPattern = /^[a-z0-9_.-]{1,128}$/;
const typePattern = /^[a-z0-9-]{1,64}$/;

export interface EntitlementRef {
  readonly resource: ResourceRef;
  readonly slug: string;
}

export function entitlementId(resource: ResourceRef, slug: string): string {
  return `${resource.type}:${resource.id}:${slug}`;
}

export function grantId(resource: ResourceRef, slug: string, principal: ResourceRef): string {
  return `${resource.type}:${resource.id}:${slug}:${principal.type}:${principal.id}`;
}

/** Parses an entitlement id; the first ':' ends the type, the last one starts the slug. */
export function parseEntitlementId(text: string): EntitlementRef {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  const resource = { type: text.slice(0, first), id: text.slice(first + 1, last) };
  const slug = text.slice(last + 1);
  if (first > 0 && last > first && isRef(resource) && slugPattern.test(slug)) return { resource, slug };
  throw new ConnectorError(
    "invalid-request",
    `not an entitlement id of this connector: ${shorten(text)}; take ids from its listings`,
  );
}

export function isRef({ type, id }: ResourceRef): boolean {
  return typePattern.test(type) && resourceIdPattern.test(id);
}

export function isResourceId(id: string): boolean {
  return resourceIdPattern.test(id);
}

export function isSlug(slug: string): boolean {
  return slugPattern.test(slug);
}

/** An upstream key as a resource id: itself where it fits, else a prefix and its SHA-256. */
export function safeId(key: string): string {
  return resourceIdPattern.test(key) ? key : `x~${sha256(key)}`;
}

/** The id of an identity that does not resolve, from its descriptor: the sign-in name in it must not be told. */
export function unknownIdentityId(identityDescriptor: string): string {
  return `ukn.${sha256(identityDescriptor)}`;
}

export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("base64url");
}

/**
 * For messages: never more of a foreign text than a line, and nothing in it that a terminal would obey or that is half
 * a character.
 */
export function shorten(text: string): string {
  const start = cut(text.slice(0, 100), 80);
  const shown = start.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return start.length < text.length ? `${shown}…` : shown;
}

/** Bytewise order of ids; all of them are ASCII, so code units are bytes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
