import type { GovernedNamespace } from "../../permissions/namespace.ts";
import type { TokenOwner } from "../../permissions/own-tokens.ts";
import type { PlacedToken } from "./place-index.ts";

/**
 * The token by which permissions on a resource itself are written: the documented one, or the one that its only list has.
 * Undefined where neither tells it, as of areas whose root no list names, or tells an empty one, which no write takes.
 */
export function writableToken(
  namespace: GovernedNamespace,
  owner: TokenOwner,
  placed: readonly PlacedToken[],
): string | undefined {
  const documented = namespace.ownToken(owner);
  if (documented) return documented;
  const [own, ...others] = placed.filter(({ actions, place }) => actions.namespace === namespace && place.inner === "");
  return own && others.length === 0 ? own.table.get(own.canonical)?.token || undefined : undefined;
}

/** Why nobody can be given permissions of a namespace where it has no such token. */
export function unwritable({ title }: GovernedNamespace): string {
  return `Azure DevOps tells no token of ${title} to which it could be written here: change it in Azure DevOps itself`;
}
