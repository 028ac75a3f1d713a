import type { ChangeableState } from "../changeable.ts";
import { identityNamespace } from "../namespace-ids.ts";
import type { AccessEntry, AccessList } from "../state.ts";
import type { Commit } from "./commit.ts";
import { teamAdministratorsOf, teamOfToken } from "./team-administrators.ts";

/** Changes of access control lists. */
export interface ListChanges {
  /** Replaces the list of a token, as it is spelled in its namespace, or removes it. */
  setList(namespaceId: string, token: string, list: AccessList | undefined): void;
  /** Replaces every list of a namespace. */
  setLists(namespaceId: string, lists: readonly AccessList[]): void;
  /** Replaces the entry of one identity, or removes it; a list that is not there is made, and inherits. */
  setEntry(
    namespaceId: string,
    token: string,
    who: AccessEntry["who"],
    bits: Pick<AccessEntry, "allow" | "deny"> | undefined,
  ): void;
}

/** The changes of lists. */
export function createListChanges(state: ChangeableState, commit: Commit): ListChanges {
  function put(namespaceId: string, lists: Map<string, AccessList> | undefined): void {
    if (lists) state.accessLists.set(namespaceId, lists);
    else state.accessLists.delete(namespaceId);
    if (namespaceId === identityNamespace) for (const team of state.teams) teamAdministratorsOf(state, team);
  }

  function putOne(namespaceId: string, token: string, list: AccessList | undefined): void {
    const lists = state.accessLists.get(namespaceId) ?? new Map<string, AccessList>();
    state.accessLists.set(namespaceId, lists);
    if (list) lists.set(token.toLowerCase(), list);
    else lists.delete(token.toLowerCase());
    const team = namespaceId === identityNamespace ? teamOfToken(state, token) : undefined;
    if (team) teamAdministratorsOf(state, team);
  }

  const listOf = (namespaceId: string, token: string) => state.accessLists.get(namespaceId)?.get(token.toLowerCase());

  function setList(namespaceId: string, token: string, list: AccessList | undefined): void {
    const before = listOf(namespaceId, token);
    commit(
      "lists",
      () => putOne(namespaceId, token, list),
      () => putOne(namespaceId, token, before),
    );
  }

  return {
    setList,
    setLists: (namespaceId, lists) => {
      const before = state.accessLists.get(namespaceId);
      const after = new Map(lists.map((list) => [list.token.toLowerCase(), list]));
      commit(
        "lists",
        () => put(namespaceId, after),
        () => put(namespaceId, before),
      );
    },
    setEntry: (namespaceId, token, who, bits) => {
      const list = listOf(namespaceId, token) ?? { token, inherit: true, entries: [] };
      const at = list.entries.findIndex((entry) => entry.who === who);
      const entries = list.entries.toSpliced(at < 0 ? list.entries.length : at, 1, ...(bits ? [{ who, ...bits }] : []));
      setList(namespaceId, list.token, { ...list, entries });
    },
  };
}
