import { prefixOf } from "../../azure-devops/descriptors.ts";
import type { EntitlementSummary } from "../../azure-devops/entitlement-schemas.ts";
import type { GraphUser } from "../../azure-devops/schemas.ts";
import type { Call } from "../../call.ts";
import type { AccountPolicy } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";
import { levelOf } from "../access-levels/levels.ts";
import type { Readings } from "../readings/index.ts";
import { ownDescriptor } from "../writers/self.ts";
import type { WantedAccount } from "./form.ts";
import type { Seats } from "./seats.ts";

/** Fails for people of domains from which nobody is added; service principals are of the directory always (facts 9.4). */
export function guardDomain({ type, name, objectId }: WantedAccount, { domains }: AccountPolicy): void {
  if (type === "service-principal" || domains.has("*")) return;
  if (domains.size === 0) {
    const told = "nobody is added while no mail domain is allowed: name the organization's own with --account-domains";
    throw new ConnectorError("refused", told);
  }
  if (name === undefined) {
    const told = `an object id (${objectId}) does not tell of which domain the person is, and --account-domains allows some only`;
    throw new ConnectorError("refused", `${told}: send email beside it, or allow all with --account-domains "*"`);
  }
  const domain = homeOf(name);
  if (domains.has(domain)) return;
  throw new ConnectorError("refused", `${name} is of ${domain}, which --account-domains does not allow`);
}

/** Why somebody who was added may not be, as the service names them. */
export function strangeness(
  { name, objectId }: WantedAccount,
  { principalName, mailAddress, descriptor }: GraphUser,
  { domains, invitesOutsiders }: AccountPolicy,
): string | undefined {
  const names = [principalName, mailAddress].flatMap((each) => each?.toLowerCase() || []);
  const isInvited = prefixOf(descriptor) === "bnd";
  if (!invitesOutsiders && isInvited) {
    return `${names[0] ?? name} is not in the organization's directory and was invited, which --invite-outsiders would allow`;
  }
  if (name !== undefined && objectId !== undefined && names.length > 0 && !names.includes(name)) {
    return `the object id ${objectId} is of ${names.join(" or ")}, and not of ${name}`;
  }
  // The sign-in name and the mail address of somebody can be of two domains, of which one is enough.
  const domainOf = isInvited ? mailDomainOf : homeOf;
  if (domains.has("*") || names.some((each) => domains.has(domainOf(each)))) return undefined;
  if (names.length === 0) return objectId && `Azure DevOps does not tell who ${objectId} is`;
  return `Azure DevOps tells them as ${names.join(" or ")}, which --account-domains does not allow`;
}

const guestName = /_([^_@]+)#ext#@/i;

/** Of a guest's sign-in name, which is `name_home.example#EXT#@tenant.example`: the home. */
const homeOf = (name: string): string => guestName.exec(name)?.[1] ?? mailDomainOf(name);

const mailDomainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);

/** Whether somebody may be invited by a name. As a mail address a guest's sign-in name is of whoever has its tenant. */
export function mayInvite(name: string, { invitesOutsiders }: AccountPolicy): boolean {
  return invitesOutsiders && !guestName.test(name);
}

/** Fails where people are added by invitation alone, since there is no directory that knows them. */
export async function guardInvitation(
  readings: Readings,
  { type, name, objectId }: WantedAccount,
  policy: AccountPolicy,
  call: Call,
): Promise<void> {
  // By an object id nobody is invited.
  if (type === "service-principal" || objectId !== undefined || name === undefined || mayInvite(name, policy)) return;
  const self = await ownDescriptor(readings, call);
  if (["aad", "aadsp"].includes(prefixOf(self ?? ""))) return;
  const told = `the organization's directory cannot be asked for ${name}, since this connector is not of Microsoft Entra, so that they would be invited`;
  throw new ConnectorError("refused", `${told}: ${howToInvite(name)}`);
}

/** For whom the directory does not know. */
export function howToInvite(name: string): string {
  return guestName.test(name)
    ? "send their mail address, since nobody is invited by the sign-in name of a guest"
    : "allow it with --invite-outsiders";
}

/** Stakeholders are free, and subscriptions are paid elsewhere (facts 6.1, 6.2). */
export function needsSeat({ level }: WantedAccount, { allowsPaidSeats }: AccountPolicy): boolean {
  return !allowsPaidSeats && level.fields.licensingSource === "account" && level.id !== "stakeholder";
}

/** Fails where another seat would have to be paid; gives how many are taken. */
export async function guardSeats(
  { client }: Readings,
  { level }: WantedAccount,
  seats: Seats,
  call: Call,
): Promise<number> {
  const shown = seatsOf(await client.memberEntitlements.summary(call), level.id);
  if (shown === undefined) {
    const told = `Azure DevOps does not tell how many seats of ${level.name} are left`;
    throw new ConnectorError("refused", `${told}: allow one that is paid with --allow-paid-seats`);
  }
  const unseen = seats.unseen(level.id, shown.taken);
  if (shown.available > unseen) return shown.taken + unseen;
  const told =
    unseen > 0
      ? `no seat of ${level.name} is left: ${shown.available} are shown, and ${unseen} were given within the last minutes that are not shown yet`
      : `no seat of ${level.name} is left: ${shown.assigned} of ${shown.total} are used`;
  throw new ConnectorError("refused", `${told}; take one back, or allow one that is paid with --allow-paid-seats`);
}

/** Free seats are among the total, `includedQuantity` of them; what was bought and is not used costs nothing more. */
function seatsOf({ licenses }: EntitlementSummary, id: string) {
  const license = licenses.find((each) => levelOf(each)?.id === id);
  const { assigned, total, available } = license ?? {};
  const rest = available ?? (total === undefined || assigned === undefined ? undefined : total - assigned);
  if (rest === undefined) return undefined;
  // How many there are can grow with how many are used, so that what is left tells less.
  return { available: rest, taken: assigned ?? -rest, assigned: assigned ?? "all", total: total ?? "all" };
}
