import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import { canonicalDescriptor, kindOf, type SubjectKind } from "../../azure-devops/descriptors.ts";
import type { GraphUser, UserEntitlement } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { compareText, safeId } from "../../connector/ids.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { Access } from "./access.ts";
import { type ChainPage, createChain } from "./chain.ts";

/** A person or service as one listing tells it, with its entitlement where it has one. */
export interface Subject {
  /** Resource id: the subject descriptor. */
  readonly id: string;
  readonly kind: SubjectKind;
  readonly graph: GraphUser;
  readonly entitlement: UserEntitlement | undefined;
  /** False when entitlements are not read at all, so that a missing one says nothing. */
  readonly entitlementsRead: boolean;
}

export interface SubjectPage {
  readonly subjects: readonly Subject[];
  readonly next: string | undefined;
  readonly restarted?: boolean;
}

/** Everybody but groups, from three listings told one after the other, each subject once. */
export interface SubjectReading {
  /** Entitlements first, since each holds a whole Graph user; then who is in Graph only; then service principals. */
  page(cursor: string, call: Call): Promise<SubjectPage>;
  /** Those of one kind, ascending by id. */
  sorted(kind: SubjectKind, call: Call): Promise<readonly Subject[]>;
  /** All of them by id; complete before anything is concluded from somebody's absence. */
  all(call: Call): Promise<ReadonlyMap<string, Subject>>;
  readonly started: boolean;
}

type Phase = "entitlements" | "users" | "principals";

export function createSubjectReading(
  { graph, memberEntitlements }: AzureDevOpsClient,
  access: Access,
  life: SharedOptions,
): SubjectReading {
  const options = { ahead: 2, ...life };
  const keyOf = ({ descriptor }: GraphUser) => descriptor;
  const entitlementChain = createChain((cursor, call) => memberEntitlements.listUsers(cursor, call), {
    route: "GET userentitlements",
    keyOf: ({ id }) => id,
    ...options,
  });
  const userChain = createChain((cursor, call) => graph.listUsers(cursor, call), {
    route: "GET graph/users",
    keyOf,
    ...options,
  });
  const principalChain = createChain((cursor, call) => graph.listServicePrincipals(cursor, call), {
    route: "GET graph/serviceprincipals",
    keyOf,
    ...options,
  });
  let started = false;

  const entitlements = createShared(async (call) => {
    const byId = new Map<string, UserEntitlement>();
    if (await access.absence("member-entitlements", call)) return { read: false, byId };
    for await (const page of entitlementChain.pages(call)) {
      for (const entitlement of page.items) byId.set(idOf(entitlement.user), entitlement);
    }
    return { read: true, byId };
  }, life);

  async function entitlementPage(cursor: string, call: Call): Promise<SubjectPage> {
    if (await access.absence("member-entitlements", call)) return userPage("", call);
    const page = await entitlementChain.page(cursor, call);
    const subjects = page.items
      .filter(({ user }) => kindOf(user.descriptor) !== "service-principal")
      .map((entitlement) => subjectOf(entitlement.user, entitlement, true));
    return finish(page, subjects, "entitlements", "users");
  }

  async function userPage(cursor: string, call: Call): Promise<SubjectPage> {
    const [{ byId, read }, page] = await Promise.all([entitlements.get(call), userChain.page(cursor, call)]);
    const subjects = page.items
      .filter((user) => kindOf(user.descriptor) !== "service-principal" && !byId.has(idOf(user)))
      .map((user) => subjectOf(user, undefined, read));
    return finish(page, subjects, "users", "principals");
  }

  /** Service principals come whole from their own listing; those that only others know follow at its end. */
  async function principalPage(cursor: string, call: Call): Promise<SubjectPage> {
    const [{ byId, read }, page] = await Promise.all([entitlements.get(call), principalChain.page(cursor, call)]);
    const subjects = page.items.map((principal) => subjectOf(principal, byId.get(idOf(principal)), read));
    if (page.next === undefined) subjects.push(...(await unlistedPrincipals(call)));
    return finish(page, subjects, "principals", undefined);
  }

  async function unlistedPrincipals(call: Call): Promise<Subject[]> {
    const { byId, read } = await entitlements.get(call);
    const found = new Map<string, Subject>();
    for (const [id, entitlement] of byId) {
      if (kindOf(id) === "service-principal") found.set(id, subjectOf(entitlement.user, entitlement, read));
    }
    for await (const page of userChain.pages(call)) {
      for (const user of page.items) {
        const id = idOf(user);
        if (kindOf(id) === "service-principal" && !found.has(id)) found.set(id, subjectOf(user, undefined, read));
      }
    }
    for await (const page of principalChain.pages(call)) {
      for (const principal of page.items) found.delete(idOf(principal));
    }
    return [...found.values()];
  }

  async function page(cursor: string, call: Call): Promise<SubjectPage> {
    started = true;
    const [phase, upstream] = splitCursor(cursor);
    if (phase === "entitlements") return entitlementPage(upstream, call);
    return phase === "users" ? userPage(upstream, call) : principalPage(upstream, call);
  }

  const all = createShared(async (call) => {
    // The listings do not depend on each other: reading them side by side takes as long as the longest.
    void drain(userChain.pages(call));
    const byId = new Map<string, Subject>();
    for (let cursor: string | undefined = ""; cursor !== undefined; ) {
      const current: SubjectPage = await page(cursor, call);
      for (const subject of current.subjects) byId.set(subject.id, subject);
      cursor = current.next;
    }
    return byId;
  }, life);

  const byKind = createShared(async (call: Call) => {
    const subjects = [...(await all.get(call)).values()].sort((a, b) => compareText(a.id, b.id));
    return Map.groupBy(subjects, ({ kind }) => kind);
  }, life);

  return {
    page,
    sorted: async (kind, call) => (await byKind.get(call)).get(kind) ?? [],
    all: (call) => all.get(call),
    get started() {
      return started;
    },
  };
}

/** Reads to the end; a failure is told to whoever asks for the page that failed. */
async function drain(pages: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _page of pages);
  } catch {
    // The chain keeps no failure: its next reader meets it again.
  }
}

const phases: Record<string, Phase> = { e: "entitlements", u: "users", p: "principals" };
const letters: Record<Phase, string> = { entitlements: "e", users: "u", principals: "p" };

function splitCursor(cursor: string): [Phase, string] {
  if (cursor === "") return ["entitlements", ""];
  return [phases[cursor.charAt(0)] ?? "entitlements", cursor.slice(2)];
}

function finish(
  page: ChainPage<unknown>,
  subjects: Subject[],
  phase: Phase,
  following: Phase | undefined,
): SubjectPage {
  const next = page.next !== undefined ? `${letters[phase]}:${page.next}` : following && `${letters[following]}:`;
  const unique = new Map(subjects.map((subject) => [subject.id, subject]));
  const sorted = [...unique.values()].sort((a, b) => compareText(a.id, b.id));
  return { subjects: sorted, next, ...(page.restarted ? { restarted: true } : {}) };
}

/** The subject that a Graph row and what the entitlement service says of it make. */
export function subjectOf(
  graph: GraphUser,
  entitlement: UserEntitlement | undefined,
  entitlementsRead: boolean,
): Subject {
  const id = idOf(graph);
  return { id, kind: kindOf(id), graph, entitlement: heldEntitlement(entitlement), entitlementsRead };
}

/**
 * An entitlement without an access level is none: whoever has none can be given as one with the status `none` when
 * asked for alone, and is left out of the listing.
 */
export function heldEntitlement(entitlement: UserEntitlement | undefined): UserEntitlement | undefined {
  const status = entitlement?.accessLevel?.status;
  return status && status.toLowerCase() !== "none" ? entitlement : undefined;
}

function idOf({ descriptor }: GraphUser): string {
  return safeId(canonicalDescriptor(descriptor));
}
