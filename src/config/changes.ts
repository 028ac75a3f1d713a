import type { CredentialOptions } from "../azure-devops/auth/options.ts";
import { accessLevelIds, guardedKinds } from "../connector/changes.ts";
import type { ChangeOptions } from "../provisioning/options.ts";
import { loadAccountPolicy } from "./accounts.ts";
import {
  accessLevelFloorOption,
  callerRightsOption,
  dryRunOption,
  entraGroupIdsOption,
  entraGroupsOption,
  entraMembersOption,
  maxGroupShrinkOption,
  maxRevokesPerHourOption,
  minAdminsOption,
  readRights,
  removeDeniesOption,
  tierZeroToOption,
} from "./change-options.ts";
import type { Settings } from "./settings.ts";

/** What is missing for Microsoft Graph, where it is asked for. */
export function microsoftGraphProblems(
  settings: Settings,
  credential: CredentialOptions["kind"] | undefined,
): string[] {
  const manages = settings.text(entraGroupsOption) === "manage";
  const asking = [
    ...(manages ? ["--entra-groups manage"] : []),
    ...(settings.flag(entraMembersOption) ? ["--entra-members"] : []),
  ];
  const kinds: Partial<Record<CredentialOptions["kind"], string>> = {
    "personal-access-token": "personal access",
    "bearer-token": "bearer",
  };
  const alone = credential && kinds[credential];
  return [
    ...asking.flatMap((option) =>
      alone === undefined
        ? []
        : [
            `${option} needs a credential of Microsoft Entra (--auth client-secret, certificate, workload-identity or managed-identity): a ${alone} token is for Azure DevOps alone`,
          ],
    ),
    ...(manages && settings.list(entraGroupIdsOption).length === 0
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
    accessLevelFloor: settings.choice(accessLevelFloorOption, accessLevelIds),
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
