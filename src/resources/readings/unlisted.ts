import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { isDescriptor, kindOf, prefixOf } from "../../azure-devops/descriptors.ts";
import type { GraphUser } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { MemberRefs } from "./member-refs.ts";
import type { Member } from "./member-resolution.ts";
import { type Principals, type UnknownIdentity, unknownSubject } from "./principals.ts";
import type { SubjectReading } from "./subjects.ts";

/** Who memberships refer to though no listing has them, each once, ascending by id. */
export interface UnlistedReading {
  /** Service identities: Graph lists some of them only, and their descriptor says what they are. */
  serviceAccounts(call: Call): Promise<ReadonlyMap<string, GraphUser>>;
  /** Everybody else. */
  unknown(call: Call): Promise<ReadonlyMap<string, UnknownIdentity>>;
}

export interface UnlistedOptions extends SharedOptions {
  readonly client: AzureDevOpsClient;
  readonly subjects: SubjectReading;
  readonly members: MemberRefs;
  /** Whoever access control entries are for. */
  readonly holders: (call: Call) => Promise<readonly Member[]>;
  readonly principals: (call: Call) => Promise<Principals>;
}

export function createUnlistedReading({
  client,
  subjects,
  members,
  holders,
  principals,
  ...life
}: UnlistedOptions): UnlistedReading {
  const all = createShared(async (call: Call) => {
    const directory = await principals(call);
    const found = new Map<string, UnknownIdentity>();
    for (const { id, kind, graph } of (await subjects.all(call)).values()) {
      if (kind === "other") found.set(id, unknownSubject(id, graph.displayName));
    }
    const add = (group: readonly Member[]) => {
      for (const { subjectId, unknown } of group) if (!directory.isListed(subjectId)) found.set(subjectId, unknown);
    };
    for await (const group of members.everybody(call)) add(group);
    add(await holders(call));
    // Their names, where Graph still tells them; an id that stands for an identity descriptor cannot be looked up.
    const named = await client.graph.lookup([...found.keys()].filter(canBeLookedUp), call);
    const serviceAccounts = new Map<string, GraphUser>();
    const unknown = new Map<string, UnknownIdentity>();
    for (const [id, identity] of [...found].sort(([a], [b]) => compareText(a, b))) {
      const subject = named.get(id);
      const displayName = subject?.displayName ?? identity.displayName;
      if (kindOf(id) === "service-account") serviceAccounts.set(id, subject ?? { descriptor: id, displayName });
      else unknown.set(id, { ...identity, displayName });
    }
    return { serviceAccounts, unknown };
  }, life);
  return {
    serviceAccounts: async (call) => (await all.get(call)).serviceAccounts,
    unknown: async (call) => (await all.get(call)).unknown,
  };
}

function canBeLookedUp(id: string): boolean {
  return isDescriptor(id) && prefixOf(id) !== "ukn";
}
