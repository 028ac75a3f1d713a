import { afterAll, beforeAll, expect, test } from "vitest";
import { type FaultRule, namespaceIds, type Subject, subjectAt } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { entriesOn, found, groupWithOutsider, people, refOf } from "../provisioning/parts.ts";
import { createOrders, type Order } from "../support/orders.ts";
import { codes, outcomeOf, tableCodes } from "../support/refusals.ts";
import { type Replica, startWorld, type World } from "../support/world.ts";

/**
 * Every request of every writer, met by one fault of a kind, once and from then on, before its effect and after it: the
 * state afterwards is what the answer says. Success means that it is as asked, failure that it is as before, and who
 * cannot know says so.
 */
interface Writer {
  readonly name: string;
  readonly order: () => Order;
  /** Whether it is so, by the organization itself. */
  readonly isSo: () => boolean;
  /** Makes it so or not, unseen. */
  readonly arrange: (isSo: boolean) => void;
}

let world: World;
let replica: Replica;
const environmentNamespace = "83d4c2e6-e57d-4d6e-892b-b87222b7ad20";
const unknown = /it is not known whether/;
/** Called when a write comes in, before anything becomes of it. */
let onWrite: ((method: string) => void) | undefined;
const totals = { "as asked": 0, "as before": 0, "said to be unclear": 0 };

beforeAll(async () => {
  world = await startWorld({
    onRequest({ method, path }) {
      if (method === "PUT" || method === "PATCH" || path.includes("accesscontrolentries")) onWrite?.(method);
      return undefined;
    },
    users: 12,
    groups: 3,
    projects: 2,
    teamsPerProject: 1,
    repositoriesPerProject: 1,
    nesting: 1,
  });
  replica = await world.replica({
    provisioning: "privileged",
    sync: { permissionDetail: "all", optionalTypes },
    changes: { readBackMs: 60, maxRevokesPerHour: 1_000_000, maxGroupShrinkPercent: 100 },
    upstreamTimeoutMs: 100,
  });
});
afterAll(() => world.close());

const state = () => world.emulator.state;
const repository = () => found(state().repositories[0], "a repository");
const project = () => found(state().projects[repository().project], "its project");
const team = () => found(state().teams[0], "a team");

function entry(namespaceId: string, token: () => string, who: () => Subject, bits: number) {
  const own = () => entriesOn(state(), namespaceId, token()).find((each) => each.who === who().index);
  return {
    isSo: () => ((own()?.allow ?? 0) & bits) === bits,
    arrange: (isSo: boolean) =>
      world.emulator.changes.setEntry(namespaceId, token(), who().index, isSo ? { allow: bits, deny: 0 } : undefined),
  };
}

const person = () => found(people(state())[0], "a person");

const feed = () =>
  found(
    state().feeds.feeds.find(({ deleted }) => !deleted),
    "a feed",
  );
const environment = () =>
  found(
    state().roleObjects.environments.find(({ project: index }) => index === project().index),
    "an environment",
  );

const writers: readonly Writer[] = [
  {
    name: "role",
    order: () => ({
      resource: { type: "environment", id: `${project().id}_${environment().id}` },
      slug: "user",
      principal: refOf(person()),
    }),
    ...entry(environmentNamespace, () => `Environments/${project().id}/${environment().id}`, person, 17),
  },
  {
    name: "feed role",
    order: () => ({ resource: { type: "feed", id: feed().id }, slug: "reader", principal: refOf(person()) }),
    isSo: () =>
      feed().permissions.some(({ who, role, inherited }) => who === person().index && role === "reader" && !inherited),
    arrange(isSo) {
      const others = feed().permissions.filter(({ who }) => who !== person().index);
      const own = { who: person().index, role: "reader", inherited: false } as const;
      world.emulator.changes.setFeedPermissions(feed().id, isSo ? [...others, own] : others);
    },
  },
  {
    name: "access level",
    order: () => ({
      resource: { type: "access-level", id: "basic-test-plans" },
      slug: "assigned",
      principal: refOf(person()),
    }),
    isSo: () => person().entitlement?.level === "advanced",
    arrange: (isSo) =>
      world.emulator.changes.setEntitlement(person().index, {
        level: isSo ? "advanced" : "express",
        status: "active",
        lastAccess: 0,
        created: 0,
        assignment: "unknown",
      }),
  },
  {
    name: "membership",
    order: () => ({ resource: refOf(group()), slug: "member", principal: refOf(member()) }),
    isSo: () => subjectAt(state(), group().index).group?.members.includes(member().index) ?? false,
    arrange: (isSo) =>
      void (isSo
        ? world.emulator.changes.join(group().index, member().index)
        : world.emulator.changes.leave(group().index, member().index)),
  },
  {
    name: "permission",
    order: () => ({
      resource: { type: "repository", id: repository().id },
      slug: "git.force_push",
      principal: refOf(person()),
    }),
    ...entry(namespaceIds.git, () => `repoV2/${project().id}/${repository().id}`, person, 8),
  },
  {
    name: "team administration",
    order: () => ({ resource: { type: "team", id: team().id }, slug: "admin", principal: refOf(person()) }),
    ...entry(namespaceIds.identity, () => `${project().id}\\${team().id}`, person, 31),
  },
];

let kept: ReturnType<typeof groupWithOutsider> | undefined;
function pair() {
  kept ??= groupWithOutsider(state());
  return kept;
}
const group = () => subjectAt(state(), pair().group.index);
const member = () => pair().outside;

const faults: readonly FaultRule[] = [
  { kind: "hang", effect: "before" },
  { kind: "hang", effect: "after" },
  { kind: "reset-before", effect: "before" },
  { kind: "reset-before", effect: "after" },
  { kind: "reset-body", effect: "after" },
  { kind: "server-error", effect: "before" },
  { kind: "server-error", effect: "after" },
  { kind: "truncated-json", effect: "after" },
  { kind: "not-json", effect: "before" },
  { kind: "not-json", effect: "after" },
  { kind: "too-many-requests", effect: "before" },
  { kind: "request-timeout", effect: "after" },
  { kind: "forbidden", effect: "before" },
  { kind: "sign-in-203", effect: "before" },
  { kind: "not-found-html", effect: "before" },
];

const readFaults: readonly FaultRule[] = [
  { kind: "hang" },
  { kind: "server-error" },
  { kind: "truncated-json" },
  { kind: "forbidden" },
];

for (const kind of ["grant", "revoke"] as const) {
  test.each(writers.map((writer) => [writer.name, writer] as const))(
    `${kind} of %s`,
    async (_name, { order, isSo, arrange }) => {
      const { emulator } = world;
      const asked = kind === "grant";
      const run = () => (asked ? createOrders(replica).grant(order()) : createOrders(replica).revoke(order()));
      emulator.faults.clear();
      arrange(!asked);
      await run();
      // Once more, when hosts are known: then all requests are the writer's own.
      arrange(!asked);
      emulator.requests.reset();
      await run();
      expect(isSo()).toBe(asked);
      const requests = [...emulator.requests.byRoute];
      const wrong: string[] = [];
      for (const [name, count] of requests) {
        const [method = "", route = ""] = name.split(" ");
        const isWrite = method !== "GET" && !/batch|lookup/i.test(route);
        const places = [...new Set([1, count])].map((nth) => ({ nth }));
        for (const place of [...places, { from: 1 }]) {
          for (const fault of isWrite ? faults : readFaults) {
            emulator.faults.clear();
            arrange(!asked);
            emulator.requests.reset();
            emulator.faults.add({ ...fault, method, route, ...place });
            const { code, message } = await outcomeOf(run());
            emulator.faults.clear();
            const where = `${fault.kind} ${fault.effect} at ${name} ${JSON.stringify(place)}: ${code} ${message}`;
            if (code === codes.internal || !tableCodes.has(code)) wrong.push(`not in the table: ${where}`);
            else if (code === codes.ok) {
              totals["as asked"] += 1;
              if (isSo() !== asked) wrong.push(`not done: ${where}`);
            } else if (unknown.test(message)) totals["said to be unclear"] += 1;
            else {
              totals["as before"] += 1;
              if (isSo() === asked) wrong.push(`done: ${where}`);
            }
          }
        }
      }
      expect(wrong).toEqual([]);
    },
    300_000,
  );
}

test("when neither the write nor reading it back is answered, the answer says that nobody knows", async () => {
  const { emulator } = world;
  for (const effect of ["before", "after"] as const) {
    for (const { order, isSo, arrange } of writers) {
      emulator.faults.clear();
      arrange(false);
      onWrite = (method) => {
        emulator.faults.add({ kind: "reset-before", effect, method });
        emulator.faults.add({ kind: "server-error", method: "GET" });
      };
      const { code, message } = await outcomeOf(createOrders(replica).grant(order()));
      onWrite = undefined;
      emulator.faults.clear();
      expect({ code, message }).toEqual({ code: codes.unavailable, message: expect.stringMatching(unknown) });
      expect(isSo()).toBe(effect === "after");
      totals["said to be unclear"] += 1;
    }
  }
});

test("the matrix in numbers", () => {
  process.stdout.write(`fault matrix of writers: ${JSON.stringify(totals)}\n`);
  expect(totals["as asked"]).toBeGreaterThan(50);
  expect(totals["as before"]).toBeGreaterThan(50);
});
