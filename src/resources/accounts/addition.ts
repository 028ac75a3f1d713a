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
import { type Account, accountOf, findAccount, pendingOf, refOf } from "./find.ts";
import { accountForm, readWanted, type WantedAccount } from "./form.ts";
import { guardDomain, guardInvitation, guardSeats, strangeness } from "./guards.ts";

/** People and service principals are added with an access level; who has one already is left as they are. */
export const accountHandling: AccountHandling<Readings> = {
  form: accountForm,
  async add(readings, request, policy, call) {
    const wanted = readWanted(request);
    const memberships = await Promise.all(wanted.memberships.map((each) => asReported(readings, each, call)));
    return addition(readings, { ...wanted, memberships }, policy);
  },
};

type Membership = WantedAccount["memberships"][number];

/** Where teams are not listed, a team is its group. */
async function asReported({ client, options }: Readings, membership: Membership, call: Call): Promise<Membership> {
  const { resource, slug } = membership;
  if (resource.type !== "team" || options.syncTeams) return membership;
  const descriptor = await client.graph.getDescriptor(resource.id, call);
  return descriptor === undefined ? membership : { resource: { type: "group", id: safeId(descriptor) }, slug };
}

function addition(readings: Readings, wanted: WantedAccount, policy: ChangePolicy): AccountChange {
  const { client } = readings;
  const { type, level, memberships } = wanted;
  const label = wanted.name ?? wanted.objectId ?? type;
  const path = type === "user" ? "userentitlements" : "serviceprincipalentitlements";
  let account: Account | undefined;
  /** What the answer to the write told, by which the account is found without a search. */
  let added: { readonly storageKey: string | undefined; readonly subject: GraphUser | undefined } | undefined;

  return {
    summary: `add ${label} with the access level ${level.name}`,
    lock: `account ${label}`,
    asked: askedOf(wanted),
    memberships,
    subject: () => account?.ref ?? (added?.subject ? refOf(added.subject) : undefined),
    pending: () => account && pendingOf(account),
    async read(call) {
      account =
        added?.storageKey === undefined
          ? await findAccount(readings, wanted, call)
          : await accountOf(readings, type, added.storageKey, call);
      return { done: account !== undefined, held: account ? { ...account.level } : "nothing" };
    },
    async check(_state, call) {
      guardDomain(wanted, policy.accounts);
      await guardInvitation(readings, wanted, policy.accounts, call);
      await guardSeats(readings, wanted, policy.accounts, call);
      // As far as they are known before they are there.
      const subject = { descriptor: "", origin: "aad", originId: wanted.objectId ?? label };
      const newcomer = { ref: { type, id: label }, descriptor: "", name: label, subject };
      for (const { resource } of memberships) {
        await guardMembershipOfNewcomer(readings, resource, newcomer, policy, call);
      }
    },
    foretell: async () => foretold(wanted, label),
    async write(_state, call): Promise<WriteReceipt> {
      const { activityId, ...told } = await client.entitlementWrites.add(
        await newcomerOf(readings, wanted, policy.accounts, call),
        level.fields,
        call,
      );
      added = told;
      return { activityId };
    },
    async review() {
      const subject = added?.subject ?? account?.subject;
      return type === "user" && subject ? strangeness(wanted, subject, policy.accounts) : undefined;
    },
    async undo(_before, call) {
      const storageKey = added?.storageKey ?? account?.storageKey;
      if (storageKey !== undefined) await client.entitlementWrites.remove(path, storageKey, call);
      added = undefined;
    },
  };
}

/**
 * By the object id nobody is ever invited. For a name the directory gives it, in a request that fails for whom it does
 * not know; what that leaves has no licence and no access (facts 3.1).
 */
async function newcomerOf(
  { client }: Readings,
  { type, name, objectId }: WantedAccount,
  { invitesOutsiders }: AccountPolicy,
  call: Call,
): Promise<Newcomer> {
  if (type === "service-principal") return { path: "serviceprincipalentitlements", objectId };
  const path = "userentitlements";
  if (objectId !== undefined || name === undefined) return { path, objectId };
  if (invitesOutsiders) return { path, principalName: name };
  try {
    const { user } = await client.graphWrites.materializeUser(name, call);
    if (user.originId) return { path, objectId: user.originId };
  } catch (error) {
    if (!isConnectorError(error, "refused", "not-found")) throw error;
    throw outsider(name, error);
  }
  throw outsider(name);
}

function outsider(name: string, cause?: ConnectorError): ConnectorError {
  const told = `the organization's directory does not know ${name}: invite them there first, or allow it with --invite-outsiders`;
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
