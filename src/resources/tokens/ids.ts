import { canonicalDescriptor, isDescriptor } from "../../azure-devops/descriptors.ts";

/** What a token is found by: upstream has no listing but that of a person's tokens. */
export interface TokenKey {
  /** Resource id of the user. */
  readonly owner: string;
  readonly authorizationId: string;
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The authorization id, after whose it is: without that, finding one token would take requests for everybody. */
export function tokenId(owner: string, authorizationId: string): string {
  return `${owner}~${authorizationId}`;
}

/** The form in which a token is reported, of an id that can be one. */
export function canonicalTokenId(id: string): string {
  const at = id.lastIndexOf("~");
  return at < 0 ? id : tokenId(canonicalDescriptor(id.slice(0, at)), id.slice(at + 1).toLowerCase());
}

/** What a resource id says; undefined for one that no token has. */
export function parseTokenId(id: string): TokenKey | undefined {
  const at = id.lastIndexOf("~");
  const owner = id.slice(0, Math.max(at, 0));
  const authorizationId = id.slice(at + 1);
  return isDescriptor(owner) && guid.test(authorizationId) ? { owner, authorizationId } : undefined;
}
