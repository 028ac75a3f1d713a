import type { z } from "zod";
import { ConnectorError } from "../errors.ts";
import type { AnswerHead, BodyReader } from "../http/client.ts";
import { type AnswerContext, failureOf, notJson, refuseEcho, wrongField } from "./answers.ts";
import { createListParser, ListError, type ListFault } from "./json-list.ts";

/** Gathers the rows of one try; what a try gathered that was cut is dropped with its collector. */
export interface RowCollector<Row, T> {
  add(row: Row): void;
  result(): T;
}

/** Keeps every row: for lists that are known to be short. */
export function allRows<Row>(): RowCollector<Row, readonly Row[]> {
  const rows: Row[] = [];
  return { add: (row) => rows.push(row), result: () => rows };
}

/** A row is one object of the service, and never a whole answer. */
const limits = { maxRowBytes: 32 * 1024 * 1024, maxDepth: 64 };

/** Reads a list's rows as they arrive; undefined for an answer that is a failure, which is read as text. */
export function openList<Row, T>(
  head: AnswerHead,
  row: z.ZodType<Row>,
  createCollector: () => RowCollector<Row, T>,
  context: AnswerContext,
): BodyReader<T> | undefined {
  const { status, headers } = head;
  if (status < 200 || status >= 300) return undefined;
  // Of a status 2xx the head alone decides, and its body may be a page of any size.
  const failure = failureOf({ ...head, text: "" }, context);
  if (failure) throw failure;

  const collector = createCollector();
  let index = 0;
  const addRow = (value: unknown) => {
    const result = row.safeParse(value);
    if (!result.success) {
      const [issue] = result.error.issues;
      throw wrongField({ path: ["value", index, ...(issue?.path ?? [])], message: issue?.message ?? "wrong" }, context);
    }
    index += 1;
    collector.add(result.data);
  };
  const parser = createListParser(limits, addRow, (text) => refuseEcho({ headers, text }, context));
  return {
    push: (chunk) => told(() => parser.push(chunk), context),
    end() {
      told(() => parser.end(), context);
      return collector.result();
    },
  };
}

function told(run: () => void, context: AnswerContext): void {
  try {
    run();
  } catch (error) {
    throw error instanceof ListError ? meaningOf(error.fault, context) : error;
  }
}

function meaningOf(fault: ListFault, context: AnswerContext): ConnectorError {
  if (fault === "not-json") return notJson(context.route);
  if (fault === "no-list") return wrongField({ path: ["value"], message: "no list" }, context);
  const told = `${context.route}: the answer ${oddities[fault]}, which none of Azure DevOps has; check the proxies`;
  return new ConnectorError("unexpected-answer", `${told} on the way to it`);
}

const oddities: Readonly<Record<Exclude<ListFault, "not-json" | "no-list">, string>> = {
  "two-lists": "holds its list twice",
  "row-too-large": `has a row of more than ${limits.maxRowBytes} bytes`,
  "too-deep": `is nested more than ${limits.maxDepth} deep`,
};
