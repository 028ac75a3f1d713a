import type { CredentialOptions } from "../azure-devops/auth/options.ts";
import { guardedKinds } from "../connector/changes.ts";
import type { ChangeOptions } from "../provisioning/options.ts";
import { loadAccountPolicy } from "./accounts.ts";
import {
  accessLevelFloorOption,
  callerRightsOption,
  dryRunOption,
  entraGroupIdsOption,
  entraGroupsOption,
  maxGroupShrinkOption,
  maxRevokesPerHourOption,
  minAdminsOption,
  readRights,
  removeDeniesOption,
  tierZeroToOption,
} from "./change-options.ts";
import type { Settings } from "./settings.ts";

/** What `--entra-groups manage` cannot do without. */
export function managementProblems(settings: Settings, credential: CredentialOptions["kind"] | undefined): string[] {
  if (settings.text(entraGroupsOption) !== "manage") return [];
  const isForAzureDevOpsAlone = credential === "personal-access-token" || credential === "bearer-token";
  return [
    ...(isForAzureDevOpsAlone
      ? [
          `--entra-groups manage needs a credential of Microsoft Entra (--auth client-secret, certificate, workload-identity or managed-identity): a ${credential === "bearer-token" ? "bearer" : "personal access"} token is for Azure DevOps alone`,
        ]
      : []),
    ...(settings.list(entraGroupIdsOption).length === 0
      ? [`--entra-groups manage needs --${entraGroupIdsOption.name}: the groups that it may change`]
      : []),
  ];
}

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
    entraGroups: {
      mode: settings.choice(entraGroupsOption, ["accept", "refuse", "manage"]),
      allowed: new Set(settings.list(entraGroupIdsOption).map((id) => id.toLowerCase())),
    },
    accounts: loadAccountPolicy(settings),
    entraGroupsDecided: settings.of(entraGroupsOption).source.kind !== "default",
  };
}
