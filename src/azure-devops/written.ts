import type { Call } from "../call.ts";
import { activityOf } from "./answers.ts";
import type { Connection } from "./connection.ts";
import type { Operation } from "./operations.ts";

/** What the answer to a write tells of it. */
export interface Written {
  /** What Microsoft's support finds the request by. */
  readonly activityId: string | undefined;
}

/** Sends a write once. */
export async function sendWrite<T>(
  connection: Connection,
  operation: Omit<Operation<T>, "writes">,
  call: Call,
): Promise<Written & { readonly value: T }> {
  const { value, headers } = await connection.send({ ...operation, writes: true }, call);
  return { value, activityId: activityOf(headers) || undefined };
}
