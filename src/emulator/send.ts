import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import type { RowStream } from "./reply.ts";
import { rowStreamOf } from "./reply.ts";

/** An answer as bytes. */
export interface Wire {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** In place of `body`: a long list, made part by part while the client reads, and as long as it turns out. */
  readonly stream?: RowStream;
}

/** A way to send an answer. */
export interface Delivery {
  /** False when the client sees no status line; the log of requests then says 0. */
  readonly answers: boolean;
  send(response: ServerResponse, wire: Wire): void;
}

function bodyText(body: unknown, byteOrderMark: boolean): string {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  return `${byteOrderMark ? "\uFEFF" : ""}${JSON.stringify(body)}`;
}

/** Headers that every answer has (REC). */
function commonHeaders(session: string | undefined): Record<string, string> {
  const activity = randomUUID();
  return {
    "Cache-Control": "no-cache",
    Pragma: "no-cache",
    ActivityId: activity,
    "X-TFS-Session": session ?? randomUUID(),
    "X-VSS-E2EID": activity,
    "X-Content-Type-Options": "nosniff",
  };
}

const partLength = 64 * 1024;

/** A long list as text, in parts, so that it is never held as a whole. */
export function* partsOf({ cutAt, frame: [open, close], rows }: RowStream): Generator<Buffer> {
  let part = open;
  let at = 0;
  for (const row of rows()) {
    const text = JSON.stringify(row);
    if (at === cutAt) return yield Buffer.from(`${part},${text.slice(0, text.length >> 1)}`, "utf8");
    part += at++ === 0 ? text : `,${text}`;
    if (part.length < partLength) continue;
    yield Buffer.from(part, "utf8");
    part = "";
  }
  yield Buffer.from(part + close, "utf8");
}

/** Writes chunks as fast as the client reads, until there are no more or the client has gone. */
export function pour(response: ServerResponse, chunks: Iterator<Buffer>, end: () => void): void {
  const go = () => {
    for (let next = chunks.next(); !next.done; next = chunks.next()) {
      if (response.destroyed) return;
      if (!response.write(next.value)) return void response.once("drain", go);
    }
    end();
  };
  go();
}

/** A list with the mark that other bodies have too; a file has its own. */
function markedStream(stream: RowStream | undefined, byteOrderMark: boolean): RowStream | undefined {
  if (!stream || stream.isFile || !byteOrderMark) return stream;
  const [open, close] = stream.frame;
  return { ...stream, frame: [`\uFEFF${open}`, close] };
}

/** The bytes and headers of an answer. */
export function wireOf({ reply, version }: Answer, session: string | undefined, byteOrderMark: boolean): Wire {
  const stream = markedStream(rowStreamOf(reply.body), byteOrderMark);
  const body = Buffer.from(stream ? "" : bodyText(reply.body, byteOrderMark), "utf8");
  const json = `application/json; charset=utf-8${version === undefined ? "" : `; api-version=${version}`}`;
  const headers = {
    ...commonHeaders(session),
    ...(body.length === 0 && !stream ? {} : { "Content-Type": json }),
    ...(stream ? {} : { "Content-Length": String(body.length) }),
    ...reply.headers,
  };
  return { status: reply.status, headers, body, ...(stream ? { stream } : {}) };
}

/** How answers are sent when nothing is wrong. */
export const wholeDelivery: Delivery = {
  answers: true,
  send: (response, { body, headers, status, stream }) => {
    response.writeHead(status, headers);
    if (stream) pour(response, partsOf(stream), () => response.end());
    else response.end(body);
  },
};

/** Closes the connection by a reset before anything was answered. */
export const resetDelivery: Delivery = {
  answers: false,
  send: (response) => void response.socket?.resetAndDestroy(),
};

/** Never answers; ends when the client goes. */
export const silentDelivery: Delivery = { answers: false, send: () => undefined };
