import { z } from "zod";
import type { FaultKind } from "./fault.ts";
import { defineFault } from "./fault.ts";

/** A clock that differs from the client's; answers of every status tell it. */
export const clockSkewKind: FaultKind = defineFault({
  kind: "clock-skew",
  summary: "the Date of the answer is off",
  lossless: true,
  parameters: { seconds: z.number().int().describe("by how much; below 0 the service is behind").default(600) },
  variants: [{ seconds: -600 }],
  create: ({ seconds }) => ({
    change: ({ reply, ...answer }) => {
      // Node writes a Date of its own only where there is none.
      const headers = { ...reply.headers, Date: new Date(Date.now() + seconds * 1000).toUTCString() };
      return { ...answer, reply: { ...reply, headers } };
    },
  }),
});
