import type { RequestHook, RequestSeen } from "../../src/emulator/index.ts";

/** Answers of an emulator that a test changes on their way. */
export interface Amendments {
  readonly hook: RequestHook;
  /** From here on the JSON of matching answers is what `change` makes of it. */
  amend(concerns: (request: RequestSeen) => boolean, change: (body: unknown) => unknown): void;
  /** The emulator's own address, known once it listens. */
  origin: string;
}

const passMark = "x-amended";

/** Asks the emulator itself for what it would answer, and answers with what a test makes of it. */
export function createAmendments(): Amendments {
  const rules: { concerns: (request: RequestSeen) => boolean; change: (body: unknown) => unknown }[] = [];
  const amendments: Amendments = {
    origin: "",
    amend: (concerns, change) => void rules.push({ concerns, change }),
    async hook(request) {
      if (request.headers[passMark] !== undefined) return undefined;
      const rule = rules.find(({ concerns }) => concerns(request));
      if (!rule) return undefined;
      const headers = { authorization: String(request.headers.authorization), [passMark]: "1" };
      const query = request.query.size > 0 ? `?${request.query}` : "";
      const answer = await fetch(`${amendments.origin}${request.path}${query}`, { headers });
      if (!answer.ok) throw new Error(`${request.path}: status ${answer.status}, where there is nothing to change`);
      return { status: 200, body: rule.change(await answer.json()) };
    },
  };
  return amendments;
}

/** Changes the rows of a list's JSON. */
export const rowsOf =
  (change: (rows: readonly Readonly<Record<string, unknown>>[]) => readonly unknown[]) =>
  (body: unknown): unknown => {
    if (typeof body !== "object" || body === null || !("value" in body) || !Array.isArray(body.value)) {
      throw new TypeError("the answer is no list");
    }
    return { ...body, value: change(body.value) };
  };
