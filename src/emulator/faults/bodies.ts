import { z } from "zod";
import type { Answer } from "../answer.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { cutInHalf, rowStreamOf } from "../reply.ts";
import type { FaultKind } from "./fault.ts";
import { defineFault, seconds } from "./fault.ts";
import { mapRows } from "./listings.ts";

/** Faults in the body of an answer that came out right; all of them leave the HTTP message whole. */

const nesting = 100_000;

function withText({ reply, ...answer }: Answer, body: string, contentType: string): Answer {
  return { ...answer, reply: { ...reply, headers: { ...reply.headers, "Content-Type": contentType }, body } };
}

/** Of a write there may be no body. */
const isSuccess = ({ status }: Reply) => status === 200 || status === 201 || status === 204;
const isGood = (reply: Reply) => isSuccess(reply) && isRecord(reply.body);
const json = "application/json; charset=utf-8";

/** Kinds that spoil the body. */
export const bodyKinds: readonly FaultKind[] = [
  defineFault({
    kind: "retry-after",
    summary: "the proper answer, with Retry-After",
    lossless: true,
    parameters: { retryAfterSeconds: seconds("its value").default(1) },
    create: ({ retryAfterSeconds }) => ({
      change: ({ reply, ...answer }) => {
        if (!isSuccess(reply)) return undefined;
        return { ...answer, reply: { ...reply, headers: { ...reply.headers, "Retry-After": `${retryAfterSeconds}` } } };
      },
    }),
  }),
  defineFault({
    kind: "truncated-json",
    summary: "half of the JSON, with a Content-Length that fits",
    parameters: {},
    create: () => ({
      change: (answer) => {
        if (!isGood(answer.reply)) return undefined;
        const stream = rowStreamOf(answer.reply.body);
        if (stream) return { ...answer, reply: { ...answer.reply, body: cutInHalf(stream) } };
        const text = JSON.stringify(answer.reply.body);
        return withText(answer, text.slice(0, text.length / 2), json);
      },
    }),
  }),
  defineFault({
    kind: "deep-json",
    summary: `valid JSON, nested ${nesting} deep`,
    parameters: {},
    create: () => ({
      change: (answer) => {
        if (!isGood(answer.reply)) return undefined;
        const body = `{"count":1,"value":${"[".repeat(nesting)}${"]".repeat(nesting)}}`;
        return withText(answer, body, json);
      },
    }),
  }),
  defineFault({
    kind: "not-json",
    summary: "200 with plain text",
    parameters: {},
    create: () => ({
      change: (answer) =>
        isSuccess(answer.reply) && answer.reply.status !== 204
          ? withText(answer, "The service is ready.", "text/plain; charset=utf-8")
          : undefined,
    }),
  }),
  defineFault({
    kind: "wrong-shape",
    summary: "valid JSON without the fields that are needed",
    parameters: { without: z.enum(["body", "rows"]).default("body").describe("fields of the body, or of each row") },
    variants: [{ without: "rows" }],
    create: ({ without }) => ({
      change: (answer) => {
        if (!isGood(answer.reply)) return undefined;
        if (without === "rows") return mapRows(answer, () => ({}));
        return { ...answer, reply: { ...answer.reply, headers: {}, body: {} } };
      },
    }),
  }),
];
