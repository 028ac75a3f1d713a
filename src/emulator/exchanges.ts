import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, createAnswerer, Incoming } from "./answer.ts";
import type { Credentials } from "./credentials.ts";
import type { createFaults } from "./faults/index.ts";
import { blocked } from "./refusals.ts";
import type { Reply } from "./reply.ts";
import type { Delivery } from "./send.ts";
import { resetDelivery, silentDelivery, wholeDelivery } from "./send.ts";
import type { Service } from "./service.ts";
import type { Admission, createThrottle } from "./throttle/index.ts";

/** What a request leads to. */
export interface Outcome {
  readonly answer: Answer;
  readonly delivery: Delivery;
  /** Whether the organization is another one now. */
  readonly changed: boolean;
  /** To be called when the answer has been sent. */
  readonly told: () => void;
}

/** Leads each request to its outcome: the hook of the options, the throttle, the faults, and then the routes. */
export interface Exchanges {
  /** May wait; a client that goes ends the waiting, and what it asked for is done all the same. */
  outcome(incoming: Incoming, gone: AbortSignal): Promise<Outcome>;
  /** Whether a request came to change something. */
  isWrite(incoming: Incoming): boolean;
}

interface Parts {
  readonly service: Service;
  readonly credentials: Credentials;
  readonly answerer: ReturnType<typeof createAnswerer>;
  readonly admit: ReturnType<typeof createThrottle>["admit"];
  readonly plan: ReturnType<typeof createFaults>["plan"];
}

const refusalDeliveries: Readonly<Record<string, Delivery>> = { close: resetDelivery, timeout: silentDelivery };

/** Waits unless the client goes. */
async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms === 0 || gone.aborted) return;
  await sleep(ms, undefined, { signal: gone }).catch((error: unknown) => {
    if (!gone.aborted) throw error;
  });
}

function withHeaders(answer: Answer, headers: Reply["headers"]): Answer {
  return { ...answer, reply: { ...answer.reply, headers: { ...headers, ...answer.reply.headers } } };
}

/** Puts the parts of an emulator in a row. */
export function createExchanges({ admit, answerer, credentials, plan, service }: Parts): Exchanges {
  const { settings } = service;

  /** An answer whose headers tell of the throttle; what they say is remembered once it has been sent. */
  function throttled(admission: Admission | undefined, answer: Answer, delivery: Delivery, changed = false): Outcome {
    if (!admission) return { answer, delivery, changed, told: () => undefined };
    const told = withHeaders(answer, admission.headers());
    return { answer: told, delivery, changed, told: () => admission.told(told.reply.headers ?? {}) };
  }

  async function outcome(incoming: Incoming, gone: AbortSignal): Promise<Outcome> {
    const { address, headers, method } = incoming;
    const { host, path, query } = address;
    const below = address.segments.join("/");
    const route = answerer.routeName(incoming) ?? `/${below}`;
    const seen = { method, route, host, path, query, headers };
    const instead = await settings.onRequest?.(seen);
    if (instead) return throttled(undefined, { route, reply: instead }, wholeDelivery);

    const { authorization } = headers;
    const credential = credentials.find(typeof authorization === "string" ? authorization : undefined);
    const admission = admit(credential?.name, seen);
    if (admission?.refuseBy) {
      const delivery = refusalDeliveries[admission.refuseBy] ?? wholeDelivery;
      return throttled(admission, { route, reply: blocked({}) }, delivery);
    }
    const planned = plan(seen, below);
    await pause((admission?.delayMs ?? 0) + planned.waitBeforeMs, gone);
    const { count } = service.journal;
    const answer = planned.answer(service, incoming, answerer.answer);
    const changed = service.journal.count !== count;
    await pause(planned.waitAfterMs, gone);
    return throttled(admission, answer, planned.deliver() ?? wholeDelivery, changed);
  }

  return { outcome, isWrite: answerer.isWrite };
}
