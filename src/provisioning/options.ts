import type { AccessLevelId, AccountPolicy, EntraGroupPolicy, GuardedKind } from "../connector/changes.ts";
import type { CallerRight } from "./caller-rights.ts";

/** How changes are made, and what guards them. */
export interface ChangeOptions {
  readonly dryRun: boolean;
  readonly minAdmins: number;
  readonly tierZeroTo: readonly GuardedKind[];
  readonly removesDenies: boolean;
  readonly accessLevelFloor: AccessLevelId;
  readonly maxRevokesPerHour: number;
  readonly maxGroupShrinkPercent: number;
  readonly callerRights: ReadonlyMap<string, CallerRight>;
  readonly entraGroups: EntraGroupPolicy;
  /** Whether somebody chose that, and not the default. */
  readonly entraGroupsDecided: boolean;
  readonly accounts: AccountPolicy;
  /** How long the new state is waited for after a write. */
  readonly readBackMs: number;
}

/** What holds where nothing is said, as the option table has it. */
export const defaultChangeOptions: ChangeOptions = {
  dryRun: false,
  minAdmins: 2,
  tierZeroTo: [],
  removesDenies: false,
  accessLevelFloor: "stakeholder",
  maxRevokesPerHour: 200,
  maxGroupShrinkPercent: 50,
  callerRights: new Map(),
  entraGroups: { mode: "accept", allowed: new Set() },
  entraGroupsDecided: false,
  accounts: { domains: new Set(), invitesOutsiders: false, allowsPaidSeats: false, deprovisions: false },
  readBackMs: 15_000,
};
