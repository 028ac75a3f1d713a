import { isDeepStrictEqual } from "node:util";
import { type Call, withinCall } from "../call.ts";
import type {
  Change,
  ChangeAnswer,
  ChangeDesk,
  ChangeOrigin,
  ChangeRequest,
  ChangeResult,
  Writer,
} from "../connector/changes.ts";
import { entitlementId } from "../connector/ids.ts";
import type { ResourceRef } from "../connector/model.ts";
import type { Registry } from "../connector/registry.ts";
import type { ResourceDesk } from "../connector/resource-changes.ts";
import { ConnectorError } from "../errors.ts";
import { createJobs, type Job, type JobOptions } from "./job.ts";
import { createLocks } from "./locks.ts";
import { messageOf } from "./performed.ts";
import { createResourceOrders } from "./resource-orders.ts";

export interface DeskOptions<R> extends JobOptions<R> {
  readonly registry: Registry<R>;
}

/** So long what is begun may take to its end when the desk closes, where nobody says. */
const closeMs = 10_000;

/** A desk whose changes are brought to their end before it closes. */
export interface RunningDesk extends ChangeDesk, ResourceDesk {
  /** What is not at its end within that time is recorded as unclear. */
  close(withinMs?: number): Promise<void>;
}

export function createChangeDesk<R>(options: DeskOptions<R>): RunningDesk {
  const { registry, breaker, keeper, memory, callerRights } = options;
  const closing = new AbortController();
  const runJob = createJobs(options, createLocks(), closing.signal);
  const running = new Set<Promise<unknown>>();
  const jobs = new Set<Promise<unknown>>();
  const run: typeof runJob = (job, origin, call) => followed(jobs, runJob(job, origin, call));

  async function change(asked: ChangeRequest, origin: ChangeOrigin, call: Call): Promise<ChangeAnswer> {
    let request = asked;
    let write: (order: ChangeRequest) => Promise<Change>;
    const job: Job<R, Change> = {
      action: asked.kind,
      takesAway: asked.kind === "revoke",
      async prepare(readings, policy, own) {
        const [resource, principal] = await Promise.all([
          canonical(readings, asked.resource, own),
          canonical(readings, asked.principal, own),
        ]);
        write = (order) => {
          request = order;
          return writerOf(order)(readings, order, policy, own);
        };
        return write(remembering({ ...asked, resource, principal }));
      },
      async renew() {
        const order = remembering({ ...request, previous: asked.previous });
        return isDeepStrictEqual(order, request) ? undefined : write(order);
      },
      facts: () => ({
        entitlement: entitlementId(request.resource, request.slug),
        principal: request.principal,
        previous: request.previous,
      }),
    };
    const { result, recordHash } = await run(job, origin, call);
    return { ...withHistory(request, asked, result), request, recordHash };
  }

  /** What its grant tells may have been revoked since: then it does not come back. */
  function remembering(request: ChangeRequest): ChangeRequest {
    const { kind, resource, slug, principal, previous } = request;
    const id = entitlementId(resource, slug);
    const given = memory.givenOf(id, principal);
    if (kind === "grant") return { ...request, given };
    const back = previous && memory.givenBack(id, principal, previous);
    return { ...request, previous: back, given };
  }

  /** The same order asked again, maybe for lack of the first answer, is told what the first one took the place of. */
  function withHistory(request: ChangeRequest, asked: ChangeRequest, result: ChangeResult): ChangeResult {
    const { kind, resource, slug, principal } = request;
    if (kind === "grant" && result.outcome === "already") {
      const id = entitlementId(resource, slug);
      const first = memory.givenOf(id, principal)?.first;
      const bits = result.bits && { ...result.bits, before: first ?? 0 };
      return { ...result, bits, replaced: memory.replacedBy(id, principal) };
    }
    if (asked.previous === request.previous || result.outcome !== "performed") return result;
    return {
      ...result,
      notes: [...(result.notes ?? []), `${asked.previous} was revoked since, and does not come back`],
    };
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

  /** Whoever goes away gets no answer; what is begun goes on, and is recorded. */
  function begun<T extends ChangeResult>(work: Promise<T>, call: Call): Promise<T> {
    return withinCall(followed(running, work), call);
  }

  const orders = createResourceOrders({ ...options, run, change, canonical });

  return {
    change: (request, origin, call) => begun(change(request, origin, call), call),
    addAccount: (request, origin, call) => begun(orders.addAccount(request, origin, call), call),
    create: (request, origin, call) => begun(orders.create(request, origin, call), call),
    remove: (resource, origin, call) => begun(orders.remove(resource, origin, call), call),
    async acknowledge({ caller, requestId }, call) {
      const record = { action: "acknowledge", caller, requestId } as const;
      try {
        callerRights.guardAcknowledge(caller);
      } catch (error) {
        await keeper.keep({ ...record, outcome: "refused", reason: messageOf(error) });
        throw error;
      }
      breaker.acknowledge();
      call.log.warn({ caller }, "what was taken away up to now is said to be meant");
      return (await keeper.keep({ ...record, outcome: "performed" }))?.hash ?? "";
    },
    async close(withinMs = closeMs) {
      // A service that hangs must not hold a process that is to end; what it does then, nobody here sees any more.
      const { promise: tooLong, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, withinMs);
      await Promise.race([Promise.allSettled(running), tooLong]);
      clearTimeout(timer);
      closing.abort();
      await Promise.allSettled(jobs);
      await keeper.close();
    },
  };
}

/** Keeps a work in a set while it runs. */
function followed<T>(works: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  works.add(work);
  work.catch(() => undefined).finally(() => works.delete(work));
  return work;
}
