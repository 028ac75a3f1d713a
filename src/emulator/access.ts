import { withContainers } from "./closures.ts";
import type { AccessList, OrganizationState, SecurityNamespace } from "./state.ts";

/** A token as lists are compared by: without case, and without the separator at its end (facts 4.3). */
export function trimmedToken(token: string, { separator }: SecurityNamespace): string {
  const lower = token.toLowerCase();
  return separator !== "\u0000" && lower.endsWith(separator) ? lower.slice(0, -separator.length) : lower;
}

/** The token and, in a hierarchy, those above it, the nearest first. */
function* upward(token: string, namespace: SecurityNamespace): Generator<string> {
  let at = trimmedToken(token, namespace);
  yield at;
  if (namespace.structure === 0) return;
  for (let end = at.lastIndexOf(namespace.separator); end >= 0; end = at.lastIndexOf(namespace.separator)) {
    at = at.slice(0, end);
    yield at;
  }
}

/** What the lists say of the caller. */
export interface CallerAccess {
  /** Whether the caller is in the group of the collection's administrators. */
  readonly isAdministrator: boolean;
  /** Whether every one of these bits is allowed on a token. */
  allows(namespace: SecurityNamespace, token: string, bits: number): boolean;
}

/**
 * Computes the caller's access from the lists alone: of each bit the nearest list that names the caller or one of
 * the caller's groups decides, there a denial wins, and a list without inheritance is the last that counts
 * (facts 4.4). That administrators may more than the lists say is the route's affair (facts 4.5).
 */
export function createCallerAccess({ accessLists, administrators, caller, subjects }: OrganizationState): CallerAccess {
  const mine = withContainers(subjects, caller);
  const isMine = ({ who }: AccessList["entries"][number]) => typeof who === "number" && mine.has(who);

  function allows(namespace: SecurityNamespace, token: string, bits: number): boolean {
    const lists = accessLists.get(namespace.id);
    let open = bits;
    for (const at of upward(token, namespace)) {
      const list = lists?.get(at) ?? lists?.get(at + namespace.separator);
      const entries = list?.entries.filter(isMine) ?? [];
      if (entries.some(({ deny }) => (deny & open) !== 0)) return false;
      for (const { allow } of entries) open &= ~allow;
      if (open === 0) return true;
      if (list?.inherit === false) return false;
    }
    return false;
  }

  return { isAdministrator: mine.has(administrators), allows };
}
