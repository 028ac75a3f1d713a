import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Wire } from "../send.ts";
import { partsOf, pour, resetDelivery, silentDelivery, wholeDelivery } from "../send.ts";
import type { FaultKind } from "./fault.ts";
import { defineFault, milliseconds } from "./fault.ts";

/** Faults while an answer is sent. None keeps more than one chunk, and each ends when the client goes. */

/** A reset throws away what the client has not read yet, so it comes a moment after the bytes. */
const beforeResetMs = 20;

function resetSoon(response: ServerResponse): void {
  setTimeout(() => response.socket?.resetAndDestroy(), beforeResetMs);
}

/** Sends the header and says how long the body will be, at least one byte; nobody knows of a long list. */
function begin(response: ServerResponse, { body, headers, status, stream }: Wire): void {
  response.writeHead(status, stream ? headers : { ...headers, "Content-Length": String(Math.max(1, body.length)) });
  response.flushHeaders();
}

/** The bytes of an answer up to its middle. */
function halfOf({ body, stream }: Wire): Iterator<Buffer> {
  if (stream) return partsOf({ ...stream, cutAt: stream.count >> 1 });
  return [body.subarray(0, body.length >> 1)].values();
}

function* bytesOf({ body, stream }: Wire): Generator<Buffer> {
  for (const part of stream ? partsOf(stream) : [body]) {
    for (let at = 0; at < part.length; at++) yield part.subarray(at, at + 1);
  }
}

function drip(response: ServerResponse, wire: Wire, everyMs: number): void {
  const bytes = bytesOf(wire);
  const timer = setInterval(() => {
    const next = bytes.next();
    if (next.done) response.end();
    else response.write(next.value);
  }, everyMs);
  response.once("close", () => clearInterval(timer));
}

/** The head of a body that never ends, in the middle of a text. */
const endlessHead = Buffer.from('{"count":1,"value":[{"displayName":"');
const endlessChunk = Buffer.alloc(64 * 1024, "a");

function* endless(): Generator<Buffer> {
  while (true) yield endlessChunk;
}

/** Of the bomb: 64 members of 1 MiB each, about 64 KiB packed; 17 of these are over 1 GiB. */
const membersPerChunk = 64;
const bombChunks = 17;
let bomb: Buffer | undefined;

/** One packed member, many times: a gzip stream may be several one after the other (RFC 1952, 2.2). */
function bombChunk(): Buffer {
  if (!bomb) {
    const member = gzipSync(Buffer.alloc(1024 * 1024, " "), { level: 9 });
    bomb = Buffer.concat(Array.from({ length: membersPerChunk }, () => member));
  }
  return bomb;
}

function withoutLength({ "Content-Length": _length, ...headers }: Wire["headers"]): Wire["headers"] {
  return headers;
}

/** Kinds that spoil the sending. */
export const deliveryKinds: readonly FaultKind[] = [
  defineFault({
    kind: "hang",
    summary: "no answer at all",
    parameters: {},
    create: () => ({ deliver: silentDelivery }),
  }),
  defineFault({
    kind: "reset-before",
    summary: "the connection is reset before any byte",
    parameters: {},
    create: () => ({ deliver: resetDelivery }),
  }),
  defineFault({
    kind: "reset-headers",
    summary: "the connection is reset after the header",
    parameters: {},
    create: () => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          begin(response, wire);
          resetSoon(response);
        },
      },
    }),
  }),
  defineFault({
    kind: "reset-body",
    summary: "the connection is reset in the middle of the body",
    parameters: {},
    create: () => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          begin(response, wire);
          pour(response, halfOf(wire), () => resetSoon(response));
        },
      },
    }),
  }),
  defineFault({
    kind: "reset-after",
    summary: "the connection is reset after the whole body",
    lossless: true,
    parameters: {},
    create: () => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          const { socket } = response;
          response.once("finish", () => setTimeout(() => socket?.resetAndDestroy(), beforeResetMs));
          wholeDelivery.send(response, wire);
        },
      },
    }),
  }),
  defineFault({
    kind: "dripped-body",
    summary: "the body byte by byte",
    effects: ["after"],
    parameters: { everyMs: milliseconds("time between two bytes").default(20) },
    create: ({ everyMs }) => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          if (wire.body.length === 0 && !wire.stream) return wholeDelivery.send(response, wire);
          begin(response, wire);
          drip(response, wire, everyMs);
        },
      },
    }),
  }),
  defineFault({
    kind: "endless-body",
    summary: "a body that does not end while anybody reads it",
    parameters: {},
    create: () => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          response.writeHead(wire.status, withoutLength(wire.headers));
          response.write(endlessHead);
          pour(response, endless(), () => response.end());
        },
      },
    }),
  }),
  defineFault({
    kind: "gzip-bomb",
    summary: "about 1 MiB of gzip that unpacks to more than 1 GiB",
    parameters: {},
    create: () => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          response.writeHead(wire.status, { ...withoutLength(wire.headers), "Content-Encoding": "gzip" });
          pour(response, Array.from({ length: bombChunks }, bombChunk).values(), () => response.end());
        },
      },
    }),
  }),
];
