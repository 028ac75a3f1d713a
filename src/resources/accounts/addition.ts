import type { Newcomer } from "../../azure-devops/entitlement-writes.ts";
import type { GraphUser } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { AccountPolicy, ChangePolicy, WriteReceipt } from "../../connector/changes.ts";
import { safeId } from "../../connector/ids.ts";
import type { Json } from "../../connector/model.ts";
import type { AccountChange, AccountHandling } from "../../connector/resource-changes.ts";
import { ConnectorError, isConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { guardMembershipOfNewcomer } from "../writers/membership.ts";
import { accountKeys } from "./account-keys.ts";
import { differencesOf } from "./differences.ts";
import { type Account, accountOf, accountOfSubject, findAccount, pendingOf, refOf } from "./find.ts";
import { accountForm, readWanted, type WantedAccount } from "./form.ts";
import { guardDomain, guardInvitation, guardSeats, howToInvite, mayInvite, needsSeat, strangeness } from "./guards.ts";
import { createSeats, type Seats } from "./seats.ts";

/** People and service principals are added with an access level; who has one already is left as they are. */
export function createAccountHandling(seats: Seats = createSeats()): AccountHandling<Readings> {
  return {
    form: accountForm,
    async add(readings, request, policy, call) {
      const wanted = readWanted(request);
      const memberships = await Promise.all(wanted.memberships.map((each) => asReported(readings, each, call)));
      return addition(readings, { ...wanted, memberships }, policy, seats);
    },
  };
}

type Membership = WantedAccount["memberships"][number];

/** Where teams are not listed, a team is its group. */
async function asReported({ client, options }: Readings, membership: Membership, call: Call): Promise<Membership> {
  const { resource, slug } = membership;
  if (resource.type !== "team" || options.syncTeams) return membership;
  const descriptor = await client.graph.getDescriptor(resource.id, call);
  return descriptor === undefined ? membership : { resource: { type: "group", id: safeId(descriptor) }, slug };
}

function addition(readings: Readings, wanted: WantedAccount, policy: ChangePolicy, seats: Seats): AccountChange {
  const { client } = readings;
  const { type, level, memberships } = wanted;
  const label = wanted.name ?? wanted.objectId ?? type;
  const path = type === "user" ? "userentitlements" : "serviceprincipalentitlements";
  let account: Account | undefined;
  /** What the answer to the write told, by which the account is found without a search. */
  let added: { readonly storageKey: string | undefined; readonly subject: GraphUser | undefined } | undefined;
  let beganMs = 0;
  const isSeatGuarded = needsSeat(wanted, policy.accounts);
  let taken = 0;

  /** A write whose answer is lost may have taken it all the same. */
  async function takeSeat<T>(write: () => Promise<T>): Promise<T> {
    if (!isSeatGuarded) return write();
    seats.expect(level.id, taken + 1);
    try {
      return await write();
    } catch (error) {
      if (isConnectorError(error, ...refusals)) seats.expect(level.id, taken);
      throw error;
    }
  }

  return {
    summary: `add ${label} with the access level ${level.name}`,
    lock: `account ${label}`,
    restsOn: accountKeys(wanted.name, wanted.objectId),
    // Of two that count at once each would take the last one.
    alsoLocks: isSeatGuarded ? [`seats ${level.id}`] : [],
    asked: askedOf(wanted),
    memberships,
    subject: () => account?.ref ?? (added?.subject ? refOf(added.subject) : undefined),
    pending: () => account && pendingOf(account),
    async read(call) {
      account =
        added?.storageKey === undefined
          ? await findAccount(readings, wanted, call)
          : await accountOf(readings, type, added.storageKey, call);
      return { done: account !== undefined, held: account ? heldOf(account) : "nothing" };
    },
    already: async (_state, call) => ({
      notes: account ? await differencesOf(readings, wanted, account, call) : [],
    }),
    async check(_state, call) {
      guardDomain(wanted, policy.accounts);
      await guardInvitation(readings, wanted, policy.accounts, call);
      if (isSeatGuarded) taken = await guardSeats(readings, wanted, seats, call);
      // As far as they are known before they are there.
      const subject = { descriptor: "", origin: "aad", originId: wanted.objectId ?? label };
      const newcomer = { ref: { type, id: label }, descriptor: "", name: label, subject };
      for (const { resource } of memberships) {
        await guardMembershipOfNewcomer(readings, resource, newcomer, policy, call);
      }
    },
    foretell: async () => foretold(wanted, label),
    async write(_state, call): Promise<WriteReceipt> {
      const { there, ...newcomer } = await newcomerOf(readings, wanted, policy.accounts, call);
      if (there) {
        // Somebody who is there under another name: they are left as they are.
        added = there;
        throw new ConnectorError("conflict", `${label} is in the organization already`);
      }
      beganMs = Date.now();
      const { activityId, ...told } = await takeSeat(() => client.entitlementWrites.add(newcomer, level.fields, call));
      added = told;
      return { activityId };
    },
    async review() {
      const subject = added?.subject ?? account?.subject;
      return type === "user" && subject ? strangeness(wanted, subject, policy.accounts) : undefined;
    },
    async undo(_before, call) {
      const storageKey = added?.storageKey ?? account?.storageKey;
      const there = storageKey === undefined ? undefined : await accountOf(readings, type, storageKey, call);
      added = undefined;
      if (!there) return;
      if (isOlder(there, beganMs)) {
        const told = `${label} was in the organization before, and can have another access level now`;
        throw new ConnectorError("refused", `${told}: nobody who was there is removed for that`);
      }
      await client.entitlementWrites.remove(path, there.storageKey, call);
      if (isSeatGuarded) seats.expect(level.id, taken);
    },
  };
}

const heldOf = ({ level: { name, status } }: Account): Json => ({ name, status });

/** With these the service says that it did nothing. */
const refusals = ["refused", "forbidden", "unauthenticated", "not-found", "invalid-request", "conflict"] as const;

/** Clocks differ; who came more than this before a write is none of its newcomers. */
const clockSkewMs = 5 * 60_000;

/** Whether somebody was there before the write; of whom nothing is told, it has to be believed. */
function isOlder({ createdAt }: Account, beganMs: number): boolean {
  return createdAt === undefined || createdAt.getTime() < beganMs - clockSkewMs;
}

/**
 * By the object id nobody is ever invited. For a name the directory gives it, in a request that fails for whom it does
 * not know; what that leaves has no licence and no access (facts 3.1).
 */
async function newcomerOf(
  readings: Readings,
  { type, name, objectId }: WantedAccount,
  policy: AccountPolicy,
  call: Call,
): Promise<Newcomer & { readonly there?: Account | undefined }> {
  if (type === "service-principal") return { path: "serviceprincipalentitlements", objectId };
  const path = "userentitlements";
  if (objectId !== undefined || name === undefined) return { path, objectId };
  if (mayInvite(name, policy)) return { path, principalName: name };
  try {
    const { user } = await readings.client.graphWrites.materializeUser(name, call);
    const there = await accountOfSubject(readings, "user", user.descriptor, call);
    if (user.originId) return { path, objectId: user.originId, there };
  } catch (error) {
    if (!isConnectorError(error, "refused", "not-found")) throw error;
    throw outsider(name, error);
  }
  throw outsider(name);
}

function outsider(name: string, cause?: ConnectorError): ConnectorError {
  const told = `the organization's directory does not know ${name}: invite them there first, or ${howToInvite(name)}`;
  return new ConnectorError("refused", cause ? `${told} (${cause.message})` : told, { cause });
}

function foretold({ type, level, memberships }: WantedAccount, label: string): readonly string[] {
  const groups = memberships.map(({ resource }) => `${resource.type} ${resource.id}`);
  return [
    `the ${type} ${label} gets the access level ${level.name}`,
    ...(groups.length > 0 ? [`they become a member of ${groups.join(", ")}`] : []),
  ];
}

function askedOf({ name, objectId, level, memberships }: WantedAccount): Json {
  return {
    ...(name === undefined ? {} : { name }),
    ...(objectId === undefined ? {} : { objectId }),
    accessLevel: level.id,
    groups: memberships.map(({ resource }) => `${resource.type}:${resource.id}`),
  };
}
