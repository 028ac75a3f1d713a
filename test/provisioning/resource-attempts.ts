import {
  descriptorOf,
  type EmulatorOptions,
  type OrganizationState,
  type Subject,
  subjectAt,
} from "../../src/emulator/index.ts";
import type { createResourceOrders } from "../support/accounts.ts";
import type { ReplicaOptions, World } from "../support/world.ts";
import { type Accounts, isAdministrator, isAdministrators, isOrdinary, refOf, someone } from "./account-world.ts";
import { emptied, needsPrivileged, privileged } from "./attempt-parts.ts";
import { groupsAround } from "./parts.ts";

/** An order for an account or a resource that a guardrail has to refuse. */
export interface ResourceAttempt {
  readonly rule: string;
  readonly door: string;
  readonly emulator?: EmulatorOptions;
  readonly policy?: Accounts;
  readonly options?: ReplicaOptions;
  /** Arranges the organization, unseen by the connector, and orders. */
  readonly order: (orders: ReturnType<typeof createResourceOrders>, world: World) => Promise<unknown>;
  readonly told: RegExp;
}

type Find = (state: OrganizationState, world: World) => Subject;

const email = "newcomer0@fabrikam.example";
const add = (profile: { email?: string; access_level?: string }) => (orders: ReturnType<typeof createResourceOrders>) =>
  orders.addAccount(profile);

const addTo =
  (find: Find): ResourceAttempt["order"] =>
  (orders, world) =>
    orders.addAccount({ email, groups: [descriptorOf(find(world.emulator.state, world))] });

const remove =
  (find: Find): ResourceAttempt["order"] =>
  (orders, world) =>
    orders.remove(refOf(find(world.emulator.state, world)));

const person: Find = (state) => someone(state, (each) => isOrdinary(state)(each) && !isAdministrator(state, each));
const administrators =
  (of: "project" | "organization"): Find =>
  (state) =>
    someone(state, (each) => isAdministrators(each) && (each.group?.project !== undefined) === (of === "project"));

/** A group that people made, that the connector is not in and from which nothing leads to administrators. */
export const made = (state: OrganizationState): Subject => {
  const own = groupsAround(state, subjectAt(state, state.caller));
  const isPlain = ({ index, group, active }: Subject) => group?.kind === "made" && active && !own.has(index);
  return someone(
    state,
    (each) => isPlain(each) && !isAdministrator(state, each) && (each.group?.members.length ?? 0) < 9,
  );
};

const within =
  (outer: Find, inner: Find): Find =>
  (state, world) => {
    const subject = inner(state, world);
    world.emulator.changes.join(outer(state, world).index, subject.index);
    return subject;
  };

/** Of a group of administrators, the only one who is left. */
const lastOf =
  (outer: Find, inner: Find): Find =>
  (state, world) => {
    const subject = inner(state, world);
    emptied(world, outer(state, world));
    return within(outer, () => subject)(state, world);
  };

/** A group that holds the only two administrators. */
const holder: Find = (state, world) => {
  const group = lastOf(administrators("organization"), made)(state, world);
  for (const { index } of state.subjects.filter(isOrdinary(state)).slice(0, 2))
    world.emulator.changes.join(group.index, index);
  return group;
};

const crowd: Find = (state, world) => {
  const group = made(state);
  for (const { index } of state.subjects.filter(isOrdinary(state)).slice(0, 12))
    world.emulator.changes.join(group.index, index);
  return group;
};

const servicePrincipal: Find = (state) =>
  someone(
    state,
    ({ kind, active, entitlement }) => kind === "service-principal" && active && entitlement !== undefined,
  );

const ofKind =
  (kind: string): Find =>
  (state) =>
    someone(state, (each) => each.group?.kind === kind);
const everybody: Find = (state) => someone(state, ({ payload }) => payload.endsWith("-0-0-0-0-3"));

const ofRule = (rule: string, told: RegExp, attempts: readonly Omit<ResourceAttempt, "rule" | "told">[]) =>
  attempts.map((attempt): ResourceAttempt => ({ rule, told, ...attempt }));

const unlimited: ReplicaOptions = { ...privileged, changes: { minAdmins: 0 } };

export const resourceAttempts: readonly ResourceAttempt[] = [
  ...ofRule("Tier 0 only with privileged", needsPrivileged, [
    { door: "CreateAccount with a group of administrators", order: addTo(administrators("organization")) },
    { door: "CreateAccount with administrators of a project", order: addTo(administrators("project")) },
    {
      door: "CreateAccount with a group that is in administrators",
      order: addTo(within(administrators("project"), made)),
    },
    {
      door: "DeleteResource of a group that is in administrators",
      order: remove(within(administrators("project"), made)),
    },
  ]),
  ...ofRule("Valid Users keep their members", /no option allows/, [
    { door: "CreateAccount with Valid Users", order: addTo(everybody), options: privileged },
  ]),
  ...ofRule("people of allowed domains only", /--account-domains/, [
    { door: "CreateAccount, no domain being allowed", order: add({ email }), policy: { domains: new Set() } },
    { door: "CreateAccount of another domain", order: add({ email: "a@outside.example" }) },
    {
      door: "CreateAccount of a guest's sign-in name",
      order: add({ email: "a_outside.example#EXT#@fabrikam.example" }),
    },
    {
      door: "CreateAccount by an object id alone",
      order: (orders, { emulator }) => orders.addAccount({ object_id: emulator.state.directory[0]?.originId ?? "" }),
    },
  ]),
  ...ofRule("no invitation of outsiders", /--invite-outsiders/, [
    {
      door: "CreateAccount in an organization without a directory",
      order: add({ email: "a@outlook.example" }),
      emulator: { entra: false },
      policy: { domains: new Set(["*"]) },
    },
  ]),
  ...ofRule("no paid seat", /--allow-paid-seats/, [
    {
      door: "CreateAccount with a level without seats",
      order: add({ email, access_level: "basic" }),
      emulator: { seats: { express: 0 } },
    },
  ]),
  ...ofRule("--min-admins", /--min-admins/, [
    {
      door: "DeleteResource of the last of the organization's administrators",
      order: remove(lastOf(administrators("organization"), person)),
      options: privileged,
    },
    {
      door: "DeleteResource of the last of a project's administrators",
      order: remove(lastOf(administrators("project"), person)),
      options: privileged,
    },
    { door: "DeleteResource of the group that holds all administrators", order: remove(holder), options: privileged },
  ]),
  ...ofRule("the owner stays", /owns the organization/, [
    {
      door: "DeleteResource of the owner",
      order: remove((state) => subjectAt(state, state.owner)),
      options: unlimited,
    },
  ]),
  ...ofRule("nothing is taken from the connector itself", /of this connector/, [
    {
      door: "DeleteResource of its user",
      order: remove((state) => subjectAt(state, state.caller)),
      options: unlimited,
    },
    {
      door: "DeleteResource of its user by another spelling",
      order(orders, { emulator: { state } }) {
        const [prefix, payload] = descriptorOf(subjectAt(state, state.caller)).split(".");
        return orders.remove({ type: "user", id: `${prefix?.toUpperCase()}.${payload}` });
      },
      options: unlimited,
    },
    {
      door: "DeleteResource of a group that it is in",
      order: remove((state, world) => {
        const group = made(state);
        world.emulator.changes.join(group.index, state.caller);
        return group;
      }),
      options: unlimited,
    },
  ]),
  ...ofRule("groups of others are not deleted", /no option allows|change it there|group of a team/, [
    { door: "DeleteResource of administrators", order: remove(administrators("project")), options: unlimited },
    { door: "DeleteResource of Valid Users", order: remove(everybody), options: unlimited },
    {
      door: "DeleteResource of what a template made",
      order: remove((state) => someone(state, ({ displayName }) => displayName === "Contributors")),
      options: unlimited,
    },
    { door: "DeleteResource of a group of Entra", order: remove(ofKind("entra")), options: unlimited },
    {
      door: "DeleteResource of a team's group",
      order: remove(ofKind("team")),
      options: { ...unlimited, syncTeams: false },
    },
    {
      door: "CreateResource that renames administrators",
      order(orders, world) {
        const id = descriptorOf(administrators("project")(world.emulator.state, world));
        return orders.createGroup({ id, displayName: "Mine" });
      },
      options: unlimited,
    },
  ]),
  ...ofRule("no removal of users", /--deprovisioning/, [
    { door: "DeleteResource of a user", order: remove(person), policy: { deprovisions: false } },
    { door: "DeleteResource of a service principal", order: remove(servicePrincipal), policy: { deprovisions: false } },
  ]),
  ...ofRule("breaker", /--max-revokes-per-hour/, [
    { door: "DeleteResource of a user", order: remove(person), options: { changes: { maxRevokesPerHour: 0 } } },
  ]),
  ...ofRule("breaker", /--max-group-shrink/, [
    { door: "DeleteResource of a group of many", order: remove(crowd), options: privileged },
  ]),
  ...ofRule("rights of callers", /--caller-rights/, [
    ...[
      { door: "CreateAccount", order: add({ email }) },
      {
        door: "CreateResource",
        order: ((orders) => orders.createGroup({ displayName: "N" })) as ResourceAttempt["order"],
      },
      { door: "DeleteResource", order: remove(person) },
    ].map((each) => ({ ...each, options: { changes: { callerRights: new Map([["other", "standard" as const]]) } } })),
  ]),
];
