import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { MemberRefs } from "./member-refs.ts";
import { type Principals, type UnknownIdentity, unknownSubject } from "./principals.ts";
import type { SubjectReading } from "./subjects.ts";

/** Identities that memberships refer to and no listing has, each once, ascending by id. */
export interface UnknownReading {
  all(call: Call): Promise<ReadonlyMap<string, UnknownIdentity>>;
}

export interface UnknownOptions extends SharedOptions {
  readonly subjects: SubjectReading;
  readonly members: MemberRefs;
  readonly principals: (call: Call) => Promise<Principals>;
}

export function createUnknownReading({ subjects, members, principals, ...life }: UnknownOptions): UnknownReading {
  const all = createShared(async (call: Call) => {
    const directory = await principals(call);
    const unknown = new Map<string, UnknownIdentity>();
    for (const { id, kind, graph } of (await subjects.all(call)).values()) {
      if (kind === "other") unknown.set(id, unknownSubject(id, graph.displayName));
    }
    for await (const group of members.everybody(call)) {
      for (const { subjectId, unknown: identity } of group) {
        if (directory.ref(subjectId) === undefined) unknown.set(subjectId, identity);
      }
    }
    return new Map([...unknown].sort(([a], [b]) => compareText(a, b)));
  }, life);
  return { all: (call) => all.get(call) };
}
