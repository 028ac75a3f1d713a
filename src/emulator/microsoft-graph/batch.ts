import { z } from "zod";
import type { Reply } from "../reply.ts";
import { bodyOf } from "./call.ts";
import { GraphProblem } from "./problems.ts";

const step = z.object({
  id: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).optional(),
});
const batch = z.object({ requests: z.array(step) });

/** One of the requests of a batch. */
export type Step = z.infer<typeof step>;

const mostSteps = 20;

const badBatch = (message: string) => new GraphProblem(400, "BadRequest", message);

function check(steps: readonly Step[]): void {
  if (steps.length > mostSteps) {
    throw badBatch(`Number of batch request steps exceeds the maximum value of ${mostSteps}.`);
  }
  if (new Set(steps.map(({ id }) => id)).size < steps.length) throw badBatch("Request Id has to be unique in a batch.");
}

/**
 * Several requests at once (learn.microsoft.com/graph/json-batching): each has an answer of its own, and they come in
 * any order, here the last first.
 */
export function answerBatch(text: string, answer: (step: Step) => Reply): Reply {
  const { requests } = bodyOf({ text }, batch);
  check(requests);
  const statuses = new Map<string, number>();
  const responses = requests.map((each) => {
    const isBlocked = each.dependsOn?.some((id) => (statuses.get(id) ?? 424) >= 400);
    const reply: Reply = isBlocked ? { status: 424 } : answer(each);
    statuses.set(each.id, reply.status);
    const type = reply.body === undefined ? {} : { "Content-Type": "application/json" };
    return {
      id: each.id,
      status: reply.status,
      headers: { ...type, ...reply.headers },
      ...(reply.body === undefined ? {} : { body: reply.body }),
    };
  });
  return { status: 200, body: { responses: responses.reverse() } };
}
