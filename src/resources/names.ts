import type { Call } from "../call.ts";
import { shorten } from "../connector/ids.ts";
import { ConnectorError } from "../errors.ts";
import type { Readings } from "./readings/index.ts";

/** What subjects are called. */
export interface Names {
  of(subjectId: string): string;
  /** The subject with an id, sign-in name, mail address or display name; fails when there is none, or more than one. */
  find(text: string): string;
}

export async function createNames({ subjects, groups }: Readings, call: Call): Promise<Names> {
  const [people, all] = await Promise.all([subjects.all(call), groups.all(call)]);
  const names = new Map<string, string>();
  const ids = new Map<string, Set<string>>();
  const remember = (id: string, name: string, ...texts: readonly (string | null | undefined)[]) => {
    names.set(id, name);
    for (const text of [id, name, ...texts]) {
      if (!text) continue;
      const key = text.toLowerCase();
      ids.set(key, (ids.get(key) ?? new Set()).add(id));
    }
  };
  for (const { id, graph } of people.values()) {
    const { displayName, principalName, mailAddress } = graph;
    remember(id, displayName || principalName || id, principalName, mailAddress);
  }
  for (const [id, { principalName, displayName }] of all) remember(id, principalName || displayName || id, displayName);
  return {
    of: (subjectId) => names.get(subjectId) ?? subjectId,
    find(text) {
      const found = [...(ids.get(text.toLowerCase()) ?? [])];
      const [only] = found;
      if (found.length === 1 && only !== undefined) return only;
      const told =
        found.length === 0
          ? `nobody is called ${shorten(text)}: give a sign-in name, a mail address, a group's [scope]\\name, or an id`
          : `${found.length} are called ${shorten(text)}: give a sign-in name or an id, one of ${found.slice(0, 3).join(", ")}`;
      throw new ConnectorError("invalid-request", told);
    },
  };
}
