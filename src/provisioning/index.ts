import type { Registry } from "../connector/registry.ts";
import { createCallerRights, type Provisioning } from "./caller-rights.ts";
import { createChangeDesk, type DeskOptions, type RunningDesk } from "./desk.ts";
import type { ChangeHistory } from "./history.ts";
import type { ChangeOptions } from "./options.ts";

export { type ChangeHistory, createHistory, openHistory } from "./history.ts";

export interface ProvisioningOptions<R>
  extends ChangeHistory,
    Pick<DeskOptions<R>, "createReadings" | "onChanged" | "onOutcome"> {
  readonly provisioning: Provisioning;
  readonly changes: ChangeOptions;
  readonly registry: Registry<R>;
  /** One request's limit: what is begun may take a few of them. */
  readonly upstreamTimeoutMs: number;
}

export function createProvisioning<R>(options: ProvisioningOptions<R>): RunningDesk {
  const { provisioning, changes, upstreamTimeoutMs, ...desk } = options;
  const { minAdmins, removesDenies, accessLevelFloor, entraGroups, accounts, dryRun, readBackMs } = changes;
  const tierZeroTo = new Set(changes.tierZeroTo);
  return createChangeDesk({
    ...desk,
    policy: { minAdmins, removesDenies, accessLevelFloor, entraGroups, accounts, tierZeroTo },
    callerRights: createCallerRights(provisioning, changes.callerRights),
    dryRun,
    readBackMs,
    settleMs: 3 * (upstreamTimeoutMs + readBackMs) + readBackMs,
  });
}
