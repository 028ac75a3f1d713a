import type { FaultKind } from "./fault.ts";
import { defineFault, milliseconds } from "./fault.ts";

/** A slow service. */
export const latencyKind: FaultKind = defineFault({
  kind: "latency",
  summary: "the answer comes later",
  lossless: true,
  effects: ["before", "after"],
  parameters: {
    ms: milliseconds("how much later").default(50),
    jitterMs: milliseconds("up to so much later still, by the rule's seed").default(0),
  },
  variants: [{ ms: 5, jitterMs: 20 }],
  create: ({ jitterMs, ms }) => ({ waitMs: (random) => ms + random.below(jitterMs + 1) }),
});
