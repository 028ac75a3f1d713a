import { type Call, withinCall } from "../call.ts";
import type {
  ChangeAnswer,
  ChangeDesk,
  ChangeOrigin,
  ChangePolicy,
  ChangeRequest,
  Writer,
} from "../connector/changes.ts";
import { entitlementId } from "../connector/ids.ts";
import type { ResourceRef } from "../connector/model.ts";
import type { Registry } from "../connector/registry.ts";
import { ConnectorError, isConnectorError } from "../errors.ts";
import type { Breaker } from "./breaker.ts";
import { createLocks } from "./locks.ts";
import { type Performed, perform } from "./perform.ts";
import type { RecordKeeper } from "./record-file.ts";
import type { ChangeRecord } from "./records.ts";

export interface DeskOptions<R> {
  readonly registry: Registry<R>;
  /** Readings for one change alone: what decides is asked anew. */
  readonly createReadings: () => R;
  readonly policy: Omit<ChangePolicy, "level">;
  /** What a caller may ask for; fails for one that may only read. */
  readonly levelOf: (caller: string) => ChangePolicy["level"];
  readonly breaker: Breaker;
  readonly keeper: RecordKeeper;
  readonly dryRun: boolean;
  readonly readBackMs: number;
  readonly settleMs: number;
  /** Something was changed: what was read before is old. */
  readonly onChanged: () => void;
  readonly onOutcome: (action: ChangeRecord["action"], outcome: ChangeRecord["outcome"]) => void;
}

/** A desk whose changes are brought to their end before it closes. */
export interface RunningDesk extends ChangeDesk {
  close(): Promise<void>;
}

export function createChangeDesk<R>(options: DeskOptions<R>): RunningDesk {
  const { registry, createReadings, breaker, keeper, levelOf, onChanged, onOutcome } = options;
  const locks = createLocks();
  const running = new Set<Promise<unknown>>();

  async function run(asked: ChangeRequest, origin: ChangeOrigin, call: Call): Promise<ChangeAnswer> {
    const level = levelOf(origin.caller);
    keeper.ready();
    const { request, performed } = await carryOut(asked, { ...options.policy, level }, { ...call, lane: "write" });
    const recordHash = await keeper.keep(recordOf(request, origin, performed));
    onOutcome(request.kind, performed.outcome);
    if (performed.outcome === "performed" || performed.outcome === "unclear") onChanged();
    if (!performed.result) throw performed.error;
    return { ...performed.result, request, recordHash };
  }

  async function carryOut(
    asked: ChangeRequest,
    policy: ChangePolicy,
    call: Call,
  ): Promise<{ request: ChangeRequest; performed: Performed }> {
    let request = asked;
    try {
      const readings = createReadings();
      const [resource, principal] = await Promise.all([
        canonical(readings, asked.resource, call),
        canonical(readings, asked.principal, call),
      ]);
      request = { ...asked, resource, principal };
      const change = await writerOf(request)(readings, request, policy, call);
      const admit = (state: Parameters<Breaker["admit"]>[1]) => {
        if (request.kind === "revoke") breaker.admit(change.lock, state);
      };
      const performed = await locks.run(change.lock, call, () => perform(change, { ...options, admit }, call));
      return { request, performed };
    } catch (error) {
      const isUpstream = isConnectorError(error, "unavailable", "timeout", "rate-limited", "canceled");
      return { request, performed: { outcome: isUpstream ? "not_performed" : "refused", error } };
    }
  }

  async function canonical(readings: R, ref: ResourceRef, call: Call): Promise<ResourceRef> {
    return (await registry.handler(ref.type).canonical?.(readings, ref, call)) ?? ref;
  }

  function writerOf({ resource, slug }: ChangeRequest): Writer<R> {
    const writer = registry.handler(resource.type).writer?.(slug);
    if (writer) return writer;
    throw new ConnectorError(
      "unsupported",
      `${entitlementId(resource, slug)} cannot be changed by this connector; its capabilities (GetMetadata) tell what can`,
    );
  }

  return {
    change(request, origin, call) {
      const work = run(request, origin, call);
      running.add(work);
      work.catch(() => undefined).finally(() => running.delete(work));
      // Whoever goes away gets no answer; what is begun goes on, and is recorded.
      return withinCall(work, call);
    },
    async acknowledge({ caller, requestId }, call) {
      levelOf(caller);
      breaker.acknowledge();
      call.log.warn({ caller }, "what was taken away up to now is said to be meant");
      return keeper.keep({ action: "acknowledge", outcome: "performed", caller, requestId });
    },
    async close() {
      await Promise.allSettled(running);
      await keeper.close();
    },
  };
}

function recordOf(request: ChangeRequest, origin: ChangeOrigin, performed: Performed): ChangeRecord {
  const { kind, resource, slug, principal } = request;
  const { outcome, before, after, result } = performed;
  return {
    action: kind,
    outcome,
    ...origin,
    entitlement: entitlementId(resource, slug),
    principal,
    before,
    after,
    dryRun: result?.dryRun,
    activityId: result?.activityId,
    verifiedAt: result?.verifiedAt?.toISOString(),
    reason: reasonOf(performed),
  };
}

function reasonOf({ result, error }: Performed): string | undefined {
  if (error !== undefined) return isConnectorError(error) ? error.message : "internal error";
  const notes = [...(result?.notPerformed ? [result.notPerformed.reason] : []), ...(result?.notes ?? [])];
  return notes.length > 0 ? notes.join("; ") : undefined;
}
