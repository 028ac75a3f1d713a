import type { AccessList, OrganizationState, SecurityNamespace } from "./state.ts";

/** A token as lists are compared by: without case, and without separators at its end (facts 4.3). */
export function trimmedToken(token: string, { separator }: Pick<SecurityNamespace, "separator">): string {
  let trimmed = token.toLowerCase();
  while (separator !== "\u0000" && trimmed.endsWith(separator)) trimmed = trimmed.slice(0, -separator.length);
  return trimmed;
}

/** A trimmed token and, in a hierarchy, those above it, the nearest first. */
export function* upward(trimmed: string, { separator, structure }: SecurityNamespace): Generator<string> {
  yield trimmed;
  if (structure === 0) return;
  for (let end = trimmed.lastIndexOf(separator); end >= 0; end = trimmed.lastIndexOf(separator, end - 1)) {
    yield trimmed.slice(0, end);
    if (end === 0) return;
  }
}

/** The lists of one namespace, by their trimmed token; two spellings of one token are one level. */
export type ListIndex = ReadonlyMap<string, readonly AccessList[]>;

const indexes = new WeakMap<
  ReadonlyMap<string, AccessList>,
  { readonly index: ListIndex; readonly revision: number }
>();
const noLists: ListIndex = new Map();

/** The lists of a namespace by token, made once for as long as no list changes. */
export function listIndex(state: OrganizationState, namespace: SecurityNamespace): ListIndex {
  const lists = state.accessLists.get(namespace.id);
  if (!lists) return noLists;
  const revision = state.revisions.lists;
  const known = indexes.get(lists);
  if (known?.revision === revision) return known.index;
  const index = Map.groupBy(lists.values(), (list) => trimmedToken(list.token, namespace));
  indexes.set(lists, { index, revision });
  return index;
}
