import { crc32 } from "node:zlib";
import { z } from "zod";
import { ConnectorError } from "../errors.ts";
import { isRef, isResourceId, isSlug, sha256 } from "./ids.ts";

/** What a page token belongs to; a token is good for exactly this. */
export interface TokenScope {
  readonly method: "resources" | "entitlements" | "grants" | "stream";
  readonly type: string;
  /** Empty for a listing of the whole type. */
  readonly resource: string;
  /** Parent that the listing is filtered by, as `type:id`; empty without. */
  readonly parent: string;
  /** Organization and options: with others the same place would mean something else. */
  readonly fingerprint: string;
  readonly syncId: string;
}

/** Where a listing goes on. */
export interface Position {
  /** Upstream cursor of the page that is being read; resources only. */
  readonly cursor: string;
  /** The last row that was handed out: the id, or resource id, slug, principal type and principal id. */
  readonly after: readonly string[];
  /** The first key that is no longer part of this listing; empty for the end of the type. */
  readonly end: readonly string[];
  /** Raised by each answer that had nothing ready: an equal token would look like an endless listing. */
  readonly waits: number;
}

export const startPosition: Position = { cursor: "", after: [], end: [], waits: 0 };

const version = 1;
const key = z.array(z.string().max(1024)).max(4);
const tokenSchema = z.strictObject({
  v: z.literal(version),
  m: z.enum(["resources", "entitlements", "grants", "stream"]),
  s: z.string(),
  c: z.string(),
  a: key,
  e: key,
  w: z.int().min(0),
});

/** Longer ones are refused before they are read: ours are far below (an upstream cursor is the longest part). */
const maxTokenLength = 65_536;

/** A token gives no right, so it is not signed; every part is checked, and a checksum finds damage. */
export function encodePageToken(scope: TokenScope, position: Position): string {
  const { cursor: c, after: a, end: e, waits: w } = position;
  const json = JSON.stringify({ v: version, m: scope.method, s: scopeHash(scope), c, a, e, w });
  const bytes = Buffer.from(json, "utf8");
  return Buffer.concat([checksum(bytes), bytes]).toString("base64url");
}

/** Fails with `invalid-request` for anything that this listing did not hand out. */
export function decodePageToken(text: string, scope: TokenScope): Position {
  if (text === "") return startPosition;
  const token = tokenSchema.safeParse(parse(text));
  if (!token.success) throw refused("it is damaged or was not made by this connector");
  const { m, s, c, a, e, w } = token.data;
  if (m !== scope.method) throw refused(`it belongs to a listing of ${m}`);
  if (s !== scopeHash(scope)) throw refused("it belongs to another listing, sync, organization or set of options");
  const position = { cursor: c, after: a, end: e, waits: w };
  if (!isPositionOf(scope, position)) throw refused("it names no place of this listing");
  return position;
}

/** Whether a listing hands out such positions: each has a cursor or keys, and keys of its own form. */
function isPositionOf({ method, resource }: TokenScope, { cursor, after, end }: Position): boolean {
  const isOwn = ([id]: readonly string[]) => resource === "" || id === undefined || id === resource;
  switch (method) {
    case "resources":
      return isKey(after, 1) && end.length === 0;
    case "entitlements":
    case "grants":
      return cursor === "" && isKey(after, method === "grants" ? 4 : 2) && isKey(end, 4) && isOwn(after);
    case "stream":
      // One of the listings above, with its stage before the cursor.
      return /^\d{1,4}:/.test(cursor) && isKey(after, 4) && end.length === 0;
  }
}

/** The start of a key of up to `parts` parts: an id, a slug, a principal. */
function isKey([id, slug, ...principal]: readonly string[], parts: 1 | 2 | 4): boolean {
  if (id === undefined) return true;
  if (!isResourceId(id)) return false;
  if (slug === undefined) return true;
  if (parts < 2 || !isSlug(slug)) return false;
  const [type, principalId] = principal;
  if (type === undefined) return true;
  return parts === 4 && principalId !== undefined && isRef({ type, id: principalId });
}

function parse(text: string): unknown {
  if (text.length > maxTokenLength || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64url");
  // The decoder passes over what is left of the last character: only the one spelling that was handed out is taken.
  if (bytes.toString("base64url") !== text) return undefined;
  const json = bytes.subarray(4);
  if (!bytes.subarray(0, 4).equals(checksum(json))) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json));
  } catch {
    return undefined; // Refused by the schema, as everything that is not ours.
  }
}

function scopeHash({ type, resource, parent, fingerprint, syncId }: TokenScope): string {
  return sha256(JSON.stringify([type, resource, parent, fingerprint, syncId])).slice(0, 22);
}

function checksum(json: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(json));
  return bytes;
}

function refused(why: string): ConnectorError {
  return new ConnectorError("invalid-request", `the page token cannot be used: ${why}; start the listing again`);
}
