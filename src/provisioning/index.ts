import type { Registry } from "../connector/registry.ts";
import type { Log } from "../telemetry/log.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createCallerRights, type Provisioning } from "./caller-rights.ts";
import { createChangeDesk, type DeskOptions, type RunningDesk } from "./desk.ts";
import type { ChangeOptions } from "./options.ts";
import { createRecordLog, openRecordFile, type RecordKeeper } from "./record-file.ts";

/** What outlives a change: the records, and what was taken away lately. */
export interface ChangeHistory {
  readonly keeper: RecordKeeper;
  readonly breaker: Breaker;
}

type Limits = Pick<ChangeOptions, "maxRevokesPerHour" | "maxGroupShrinkPercent">;

/** A history without a file: records go to the log, and what came before is not known. */
export function createHistory(limits: Limits, log: Log): ChangeHistory {
  return { keeper: createRecordLog(log), breaker: createBreaker(limits) };
}

/** The history that a file keeps; fails when it was tampered with. */
export async function openHistory(path: string, limits: Limits, log: Log): Promise<ChangeHistory> {
  const breaker = createBreaker(limits);
  const keeper = await openRecordFile(path, log, ({ action, outcome, at, before }) => {
    if (outcome !== "performed") return;
    if (action === "acknowledge") breaker.acknowledge();
    if (action === "revoke") breaker.count(Date.parse(String(at)), 1);
    if (action === "delete-resource") breaker.count(Date.parse(String(at)), losingOf(before));
  });
  return { keeper, breaker };
}

/** How many lost something by what a record is of. */
function losingOf(before: unknown): number {
  const isGroup = typeof before === "object" && before !== null && "members" in before;
  return isGroup && typeof before.members === "number" ? Math.max(1, before.members) : 1;
}

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
    levelOf: createCallerRights(provisioning, changes.callerRights),
    dryRun,
    readBackMs,
    settleMs: 3 * (upstreamTimeoutMs + readBackMs) + readBackMs,
  });
}
