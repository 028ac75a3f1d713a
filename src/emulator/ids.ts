import { hashText, mix } from "./prng.ts";

/** Start of every SID that Azure DevOps makes itself (facts 2.3). */
export const sidRoot = "S-1-9-1551374245";
/** Start of the SID of an Entra group; the four numbers of its object id follow (facts 2.3). */
export const entraSidRoot = `${sidRoot}-1204400969-2402986413-2179408616-3`;

const laneSalts = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344] as const;
const scratch = Buffer.alloc(16);

function hyphened(digits: string): string {
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/**
 * A GUID for (seed, salt, index). For one salt no two indexes share a GUID: each of the four lanes is
 * a bijection of the index.
 */
export function guid(seed: number, salt: string, index: number, version = 4): string {
  const base = mix(hashText(salt) ^ mix(seed));
  const spread = mix(index ^ base);
  for (const [lane, own] of laneSalts.entries()) scratch.writeUInt32BE(mix(spread ^ mix(base ^ own)), lane * 4);
  scratch[6] = ((scratch[6] ?? 0) & 0x0f) | (version << 4);
  scratch[8] = ((scratch[8] ?? 0) & 0x3f) | 0x80;
  return hyphened(scratch.toString("hex"));
}

/** The same GUID with another version digit: a storage key (6) and the CUID (7) often differ in it alone (facts 2.3). */
export function withVersion(id: string, version: number): string {
  return `${id.slice(0, 14)}${version}${id.slice(15)}`;
}

/** The four 32-bit numbers of a GUID inside a SID: its .NET byte order, read as big-endian words (facts 2.3). */
export function sidNumbers(id: string): string {
  const bytes = Buffer.from(id.replaceAll("-", ""), "hex");
  const middle = bytes.readUInt16LE(4) * 0x10000 + bytes.readUInt16LE(6);
  return `${bytes.readUInt32LE(0)}-${middle}-${bytes.readUInt32BE(8)}-${bytes.readUInt32BE(12)}`;
}

/** SID of a group that every scope has, e.g. tail `0-0-0-0-1` for the administrators (facts 2.4). */
export function wellKnownSid(scopeId: string, tail: string): string {
  return `${sidRoot}-${sidNumbers(scopeId)}-${tail}`;
}

/** SID of any other group of a scope: `1` and four numbers of its own (facts 2.3). */
export function customSid(scopeId: string, groupId: string): string {
  return `${sidRoot}-${sidNumbers(scopeId)}-1-${sidNumbers(groupId)}`;
}

/** SID of an Entra group, from its object id alone (facts 2.3). */
export function entraSid(objectId: string): string {
  return `${entraSidRoot}-${sidNumbers(objectId)}`;
}

/** SID of an account of a Windows domain (facts 1.7). */
export function windowsSid(domainId: string, account: number): string {
  return `S-1-5-21-${sidNumbers(domainId).split("-").slice(0, 3).join("-")}-${1000 + account}`;
}

/** Base64url without padding, as in the second half of a subject descriptor. */
export function encodePayload(payload: string): string {
  return Buffer.from(payload, "utf8").toString("base64url");
}
