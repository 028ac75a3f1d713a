import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";

/** An answer as bytes. */
export interface Wire {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
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

/** The bytes and headers of an answer. */
export function wireOf({ reply, version }: Answer, session: string | undefined, byteOrderMark: boolean): Wire {
  const body = Buffer.from(bodyText(reply.body, byteOrderMark), "utf8");
  const json = `application/json; charset=utf-8${version === undefined ? "" : `; api-version=${version}`}`;
  const headers = {
    ...commonHeaders(session),
    ...(body.length === 0 ? {} : { "Content-Type": json }),
    "Content-Length": String(body.length),
    ...reply.headers,
  };
  return { status: reply.status, headers, body };
}

/** How answers are sent when nothing is wrong. */
export const wholeDelivery: Delivery = {
  answers: true,
  send: (response, { body, headers, status }) => {
    response.writeHead(status, headers);
    response.end(body);
  },
};

/** Closes the connection by a reset before anything was answered. */
export const resetDelivery: Delivery = {
  answers: false,
  send: (response) => void response.socket?.resetAndDestroy(),
};

/** Never answers; ends when the client goes. */
export const silentDelivery: Delivery = { answers: false, send: () => undefined };
