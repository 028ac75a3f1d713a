import { z } from "zod";
import type { AnswerHead, BodyReader, HttpAnswer } from "../http/client.ts";
import { type AnswerContext, readAnswer } from "./answers.ts";
import { openList, type RowCollector } from "./list-answers.ts";

/** How the answer to an operation is read: as a text that is there, or as rows that arrive. */
export interface Reading<T> {
  readonly read: (answer: HttpAnswer, context: AnswerContext) => T;
  readonly open?: (head: AnswerHead, context: AnswerContext) => BodyReader<T> | undefined;
}

export function wholeBody<T>(schema: z.ZodType<T>): Reading<T> {
  return { read: (answer, context) => readAnswer(answer, schema, context) };
}

export function rowByRow<Row, T>(row: z.ZodType<Row>, createCollector: () => RowCollector<Row, T>): Reading<T> {
  return {
    // What is not opened is a failure.
    read: (answer, context) => readAnswer(answer, z.never(), context),
    open: (head, context) => openList(head, row, createCollector, context),
  };
}
