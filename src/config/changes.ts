import { guardedKinds } from "../connector/changes.ts";
import type { ChangeOptions } from "../provisioning/options.ts";
import { loadAccountPolicy } from "./accounts.ts";
import {
  accessLevelFloorOption,
  callerRightsOption,
  dryRunOption,
  entraGroupsOption,
  maxGroupShrinkOption,
  maxRevokesPerHourOption,
  minAdminsOption,
  readRights,
  removeDeniesOption,
  tierZeroToOption,
} from "./change-options.ts";
import type { Settings } from "./settings.ts";

/** Reads the options of changes. */
export function loadChangeOptions(settings: Settings): Omit<ChangeOptions, "readBackMs"> {
  const tierZeroTo = settings.list(tierZeroToOption);
  return {
    dryRun: settings.flag(dryRunOption),
    minAdmins: settings.amount(minAdminsOption),
    tierZeroTo: guardedKinds.filter((kind) => tierZeroTo.includes(kind)),
    removesDenies: settings.flag(removeDeniesOption),
    accessLevelFloor: settings.text(accessLevelFloorOption) ?? "",
    maxRevokesPerHour: settings.amount(maxRevokesPerHourOption),
    maxGroupShrinkPercent: settings.amount(maxGroupShrinkOption),
    callerRights: readRights(settings.list(callerRightsOption)),
    entraGroups: { mode: settings.choice(entraGroupsOption, ["accept", "refuse", "manage"]), allowed: new Set() },
    accounts: loadAccountPolicy(settings),
    entraGroupsDecided: settings.of(entraGroupsOption).source.kind !== "default",
  };
}
