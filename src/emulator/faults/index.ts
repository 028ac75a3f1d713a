import type { Answer, Incoming } from "../answer.ts";
import type { Random } from "../prng.ts";
import { createRandom, mix } from "../prng.ts";
import type { RequestSeen } from "../requests.ts";
import type { Delivery } from "../send.ts";
import type { Service } from "../service.ts";
import type { Next } from "./fault.ts";
import { createTrail } from "./listings.ts";
import { withoutAlias } from "./pages.ts";
import type { ReadRule } from "./read-rule.ts";
import { matcherOf, readRule } from "./read-rule.ts";
import type { FaultRule, FaultStatus } from "./rule.ts";

/** The faults of a running emulator; rules can come and go while it runs. */
export interface Faults {
  /** Gives the id of the rule; a rule that cannot be is a RangeError. */
  add(rule: FaultRule): number;
  /** False when there is no such rule. */
  remove(id: number): boolean;
  clear(): void;
  list(): readonly FaultStatus[];
}

/** What happens to one request. */
export interface FaultPlan {
  /** Before what was asked is done, and afterwards. */
  readonly waitBeforeMs: number;
  readonly waitAfterMs: number;
  answer(service: Service, incoming: Incoming, proper: Next): Answer;
  /** How the answer is sent when not as a whole. */
  deliver(): Delivery | undefined;
}

interface Active extends ReadRule {
  readonly id: number;
  readonly rule: FaultRule;
  readonly matches: ReturnType<typeof matcherOf>;
  readonly random: Random;
  matched: number;
  applied: number;
  /** A lasting fault has begun. */
  begun: boolean;
}

/** Whether the count of matching requests has come to where the rule acts. */
function isReached({ filter, matched }: Active): boolean {
  const { from = 1, nth, times = 1 } = filter;
  return nth === undefined ? matched >= from : matched >= nth && matched < nth + times;
}

/** Whether a rule acts at this request; counts it. */
function isDue(active: Active, seen: RequestSeen, below: string): boolean {
  const { filter, kind, random } = active;
  const about = active.matches(seen, below);
  if (about) active.matched++;
  if (active.begun) return true;
  if (!about) return false;
  // Drawn for every matching request, so that the n-th one's fate depends on the seed and on n alone.
  const drawn = filter.rate === undefined || random.next() < filter.rate;
  const due = drawn && isReached(active);
  active.begun = kind.lasting && due;
  return due;
}

const isSpent = ({ applied, filter }: Active) => filter.times !== undefined && applied >= filter.times;

/** The faults of one emulator, and what plans each request; several rules may act on one. */
export function createFaults(rules: readonly FaultRule[], seed: number) {
  const active = new Map<number, Active>();
  const trail = createTrail();
  let ids = 0;

  function add(rule: FaultRule): number {
    const read = readRule(rule);
    const id = ++ids;
    const random = createRandom(mix(read.filter.seed ?? mix(seed) ^ id));
    const matches = matcherOf(read.filter);
    active.set(id, { ...read, id, rule, matches, random, matched: 0, applied: 0, begun: false });
    return id;
  }

  /** The first rule is the outermost: it sees the answer last, and can keep the others from being asked. */
  function answerThrough(due: readonly Active[], seen: RequestSeen, service: Service, asked: Next) {
    const exchange = (incoming: Incoming) => ({ incoming, seen, service, previous: trail.previous });
    const isRead = seen.method === "GET" || seen.method === "HEAD";
    const from = (at: number): Next => {
      const current = due[at];
      if (!current) {
        return (incoming) => {
          const plain = withoutAlias(incoming);
          const answer = asked(plain);
          if (active.size > 0) trail.note(plain, answer);
          return answer;
        };
      }
      const proper = from(at + 1);
      const { effect } = current.filter;
      const undone: Next = (incoming) => service.journal.rolledBack(() => proper(incoming));
      const next = effect === "before" && !current.fault.waitMs ? undone : proper;
      return (incoming) => {
        if (isSpent(current)) return proper(incoming);
        const instead = current.fault.answer?.(exchange(incoming), next);
        if (instead && effect === "after" && !isRead) proper(incoming);
        const answer = instead ?? next(incoming);
        const changed = instead ?? current.fault.change?.(answer, exchange(incoming), next);
        if (changed) current.applied++;
        if (changed || current.fault.deliver) return changed ?? answer;
        // Nothing here to spoil: what was undone for it is done after all.
        return next === undone ? proper(incoming) : answer;
      };
    };
    return from(0);
  }

  function plan(seen: RequestSeen, below: string): FaultPlan {
    const due = [...active.values()].filter((each) => isDue(each, seen, below));
    const waits = { before: 0, after: 0 };
    for (const each of due) {
      if (!each.fault.waitMs || isSpent(each)) continue;
      waits[each.filter.effect ?? "before"] += each.fault.waitMs(each.random);
      each.applied++;
    }
    return {
      waitBeforeMs: waits.before,
      waitAfterMs: waits.after,
      answer: (service, incoming, proper) => answerThrough(due, seen, service, proper)(incoming),
      deliver: () => {
        const chosen = due.find((each) => each.fault.deliver && !isSpent(each));
        if (chosen) chosen.applied++;
        return chosen?.fault.deliver;
      },
    };
  }

  const faults: Faults = {
    add,
    remove: (id) => active.delete(id),
    clear: () => active.clear(),
    list: () => [...active.values()].map(({ applied, id, matched, rule }) => ({ id, rule, matched, applied })),
  };
  for (const rule of rules) add(rule);
  return { faults, plan };
}
