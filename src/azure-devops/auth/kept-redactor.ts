import { createRedactor, type Redactor } from "../../redaction.ts";

/** Finds secrets that come and go: a token that was renewed is a secret until it ends, and its successor is one already. */
export interface KeptRedactor extends Redactor {
  /** Another secret for `slot`, whose last ones before it stay known. */
  keep(slot: string, secret: string): void;
}

/** The one in use, the one before, and one that was answered meanwhile. */
const keptOfSlot = 3;

export function createKeptRedactor(): KeptRedactor {
  const slots = new Map<string, readonly string[]>();
  let all = createRedactor([]);
  return {
    keep(slot, secret) {
      const before = slots.get(slot) ?? [];
      if (secret === "" || before.includes(secret)) return;
      slots.set(slot, [...before, secret].slice(-keptOfSlot));
      // One for all: of two tokens that begin alike, neither's rest stays because the other was taken out first.
      all = createRedactor([...slots.values()].flat());
    },
    redact: (text) => all.redact(text),
    holds: (text) => all.holds(text),
  };
}
