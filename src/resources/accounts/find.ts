import { canonicalDescriptor, kindOf, parseDate, prefixOf } from "../../azure-devops/descriptors.ts";
import type { Page } from "../../azure-devops/graph.ts";
import type { GraphUser, UserEntitlement } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import { safeId } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { ConnectorError } from "../../errors.ts";
import { levelOf } from "../access-levels/levels.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { heldEntitlement } from "../readings/subjects.ts";
import type { WantedAccount } from "./form.ts";

/** Somebody who has access to the organization, with an access level. */
export interface Account {
  readonly ref: ResourceRef;
  readonly storageKey: string;
  readonly subject: GraphUser;
  readonly level: { readonly id: string | undefined; readonly name: string; readonly status: string };
  /** When they came into the organization, as far as it is told. */
  readonly createdAt: Date | undefined;
}

/** An account by its storage key; undefined for those that were removed, and that can still be fetched. */
export async function accountOf(
  { client }: Readings,
  type: WantedAccount["type"],
  storageKey: string,
  call: Call,
): Promise<Account | undefined> {
  const { memberEntitlements } = client;
  if (type === "service-principal") {
    const found = await memberEntitlements.getServicePrincipal(storageKey, call);
    return found && toAccount(found.id, found.servicePrincipal, found);
  }
  const found = await memberEntitlements.getUser(storageKey, call);
  return found && toAccount(found.id, found.user, found);
}

type Entitlement = Pick<UserEntitlement, "accessLevel" | "dateCreated">;

function toAccount(id: string, subject: GraphUser, { accessLevel, dateCreated }: Entitlement): Account | undefined {
  const status = accessLevel?.status?.toLowerCase() ?? "none";
  if (status === "none" || status === "deleted") return undefined;
  const { id: levelId, name: levelName } = levelOf({ ...accessLevel, source: accessLevel?.licensingSource }) ?? {};
  const level = { id: levelId, name: accessLevel?.licenseDisplayName || levelName || "", status };
  return { ref: refOf(subject), storageKey: id.toLowerCase(), subject, level, createdAt: parseDate(dateCreated) };
}

/** The resource that stands for a user or service principal. */
export function refOf(subject: GraphUser): ResourceRef {
  const descriptor = canonicalDescriptor(subject.descriptor);
  return { type: kindOf(descriptor), id: safeId(descriptor) };
}

/** Who is asked for, if they have access already. */
export async function findAccount(readings: Readings, wanted: WantedAccount, call: Call): Promise<Account | undefined> {
  const { name, objectId, type } = wanted;
  const named = name === undefined ? undefined : oneOf(await byName(readings, name, call), name);
  if (objectId === undefined || named?.subject.originId?.toLowerCase() === objectId) return named;
  if (named) {
    const told = `${name} is in the organization with the object id ${named.subject.originId}, and not ${objectId}`;
    throw new ConnectorError("invalid-request", `${told}: send the one or the other`);
  }
  const found = await inListing(readings, type, ({ originId }) => originId?.toLowerCase() === objectId, call);
  const account = found && (await accountOfSubject(readings, type, found.descriptor, call));
  if (!account || name === undefined || goesBy(account.subject, name)) return account;
  const told = `the object id ${objectId} is of ${account.subject.principalName ?? account.ref.id}, and not of ${name}`;
  throw new ConnectorError("invalid-request", `${told}: send the one or the other`);
}

/** The account of a subject that Graph knows, who need not have access. */
export async function accountOfSubject(
  readings: Readings,
  type: WantedAccount["type"],
  descriptor: string,
  call: Call,
): Promise<Account | undefined> {
  const storageKey = await readings.client.graph.getStorageKey(descriptor, call);
  return storageKey === undefined ? undefined : accountOf(readings, type, storageKey, call);
}

/** Those who have access, by both ways in which people can be looked up. */
async function byName(readings: Readings, name: string, call: Call): Promise<readonly Account[]> {
  const { client, access } = readings;
  // How a quote is written in a filter is documented nowhere.
  const isQuoted = name.includes("'");
  const users = isQuoted ? [] : await client.memberEntitlements.findUsers(name, call);
  const listed = users.flatMap((each) => (heldEntitlement(each) && toAccount(each.id, each.user, each)) ?? []);
  const found = listed.filter(({ subject }) => goesBy(subject, name));
  if (found.length > 0) return found;
  if (await access.absence("identities", call)) {
    const other = isQuoted ? await inListing(readings, "user", (subject) => goesBy(subject, name), call) : undefined;
    const account = other && (await accountOfSubject(readings, "user", other.descriptor, call));
    return account ? [account] : [];
  }
  // The filter looks at the display name and the mail address, which need not be the sign-in name.
  const identities = await client.identities.search(name, call);
  const people = identities.filter(({ subjectDescriptor }) => kindOf(subjectDescriptor ?? "") === "user");
  const accounts = await mapFew(people, ({ id }) => accountOf(readings, "user", id, call));
  return accounts.filter((each) => each !== undefined).filter(({ subject }) => goesBy(subject, name));
}

function goesBy({ principalName, mailAddress }: GraphUser, name: string): boolean {
  return [principalName, mailAddress].some((each) => each?.toLowerCase() === name);
}

/** One mail address can be that of several; the sign-in name goes before it. */
function oneOf(accounts: readonly Account[], name: string): Account | undefined {
  const bySignIn = accounts.filter(({ subject }) => subject.principalName?.toLowerCase() === name);
  const found = bySignIn.length > 0 ? bySignIn : accounts;
  if (found.length < 2) return found[0];
  const told = `${found.length} accounts go by ${name}: ${found.map(({ ref }) => ref.id).join(", ")}`;
  throw new ConnectorError("refused", `${told}; send the object id of the one that is meant`);
}

/** Nothing finds somebody by the id in Entra but the listings, of which the wanted one can be on any page. */
async function inListing(
  { client }: Readings,
  type: WantedAccount["type"],
  is: (subject: GraphUser) => boolean,
  call: Call,
): Promise<GraphUser | undefined> {
  const { graph } = client;
  const list = type === "user" ? graph.listUsers : graph.listServicePrincipals;
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const page: Page<GraphUser> = await list(cursor, call);
    const found = page.items.find(is);
    if (found) return found;
    cursor = page.next;
  }
  return undefined;
}

/** What the person has to do before the account can be used. */
export function pendingOf({ ref, subject, level }: Account): string | undefined {
  if (ref.type !== "user" || (level.status !== "pending" && prefixOf(ref.id) !== "bnd")) return undefined;
  const name = subject.principalName || subject.mailAddress || subject.displayName || ref.id;
  return `${name} has to sign in to the organization once, or to accept the invitation that was mailed to them`;
}
