import type { EmulatorOptions, OrganizationState, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import { createResourceOrders } from "../support/accounts.ts";
import { type ReplicaOptions, startWorld } from "../support/world.ts";
import { groupsAround } from "./parts.ts";

/** What holds of accounts here unless a test says otherwise. */
const usual = {
  domains: new Set(["fabrikam.example"]),
  invitesOutsiders: false,
  allowsPaidSeats: false,
  deprovisions: true,
};

export type Accounts = Partial<Omit<typeof usual, "domains">> & { readonly domains?: ReadonlySet<string> };

/** An organization, a connector that may change it, and orders for it. */
export async function startAccounts(
  emulator: EmulatorOptions = {},
  policy: Accounts = {},
  { changes, ...replicaOptions }: ReplicaOptions = {},
) {
  const world = await startWorld(emulator);
  const options = { changes: { accounts: { ...usual, ...policy }, ...changes } };
  const replica = await world.replica({ provisioning: "standard", ...replicaOptions, ...options });
  const { state, writes, faults } = world.emulator;
  return { world, replica, state, writes, faults, orders: createResourceOrders(replica) };
}

export const refOf = (subject: Subject) => ({ type: typeOf(subject), id: descriptorOf(subject) });

function typeOf({ group, kind }: Subject): string {
  if (group) return "group";
  return kind === "service-principal" ? "service-principal" : "user";
}

/** The first subject that a condition holds for. */
export function someone(state: OrganizationState, is: (subject: Subject) => boolean): Subject {
  const found = state.subjects.find((each) => each.known === "graph" && is(each));
  if (!found) throw new Error("nobody is so");
  return found;
}

/** A person of the directory with a level of their own, who is neither the connector nor the owner. */
export function isOrdinary({ caller, owner }: OrganizationState) {
  return ({ kind, active, entitlement, index }: Subject) =>
    kind === "entra-user" &&
    active &&
    entitlement?.status === "active" &&
    entitlement.assignment === "unknown" &&
    index !== caller &&
    index !== owner;
}

/** Whether somebody is in any group of administrators, nested or not. */
export function isAdministrator(state: OrganizationState, subject: Subject): boolean {
  return [...groupsAround(state, subject)].some((index) => isAdministrators(subjectAt(state, index)));
}

/** Whether a group is one of the administrators of the organization or a project. */
export const isAdministrators = ({ group, payload }: Subject) => group !== undefined && payload.endsWith("-0-0-0-0-1");

export const code = { invalid: 3, notFound: 5, exists: 6, forbidden: 7, refused: 9, unsupported: 12, unavailable: 14 };
