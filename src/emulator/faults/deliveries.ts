import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Wire } from "../send.ts";
import { resetDelivery, silentDelivery, wholeDelivery } from "../send.ts";
import type { FaultKind } from "./fault.ts";
import { defineFault, milliseconds } from "./fault.ts";

/** Faults while an answer is sent. None keeps more than one chunk, and each ends when the client goes. */

/** A reset throws away what the client has not read yet, so it comes a moment after the bytes. */
const beforeResetMs = 20;

function resetSoon(response: ServerResponse): void {
  setTimeout(() => response.socket?.resetAndDestroy(), beforeResetMs);
}

/** Sends the header and says how long the body will be, at least one byte. */
function begin(response: ServerResponse, { headers, status }: Wire, length: number): void {
  response.writeHead(status, { ...headers, "Content-Length": String(Math.max(1, length)) });
  response.flushHeaders();
}

/** Writes chunks as fast as the client reads, until there are no more or the client has gone. */
function pour(response: ServerResponse, next: () => Buffer | undefined): void {
  const go = () => {
    for (let chunk = next(); chunk; chunk = next()) {
      if (response.destroyed) return;
      if (!response.write(chunk)) return void response.once("drain", go);
    }
    response.end();
  };
  go();
}

function drip(response: ServerResponse, { body }: Wire, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, ++at));
    if (at >= body.length) response.end();
  }, everyMs);
  response.once("close", () => clearInterval(timer));
}

/** The head of a body that never ends, in the middle of a text. */
const endlessHead = Buffer.from('{"count":1,"value":[{"displayName":"');
const endlessChunk = Buffer.alloc(64 * 1024, "a");

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
          begin(response, wire, wire.body.length);
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
          begin(response, wire, wire.body.length);
          response.write(wire.body.subarray(0, wire.body.length >> 1));
          resetSoon(response);
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
    parameters: { everyMs: milliseconds("time between two bytes").default(20) },
    create: ({ everyMs }) => ({
      deliver: {
        answers: true,
        send: (response, wire) => {
          if (wire.body.length === 0) return wholeDelivery.send(response, wire);
          begin(response, wire, wire.body.length);
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
          pour(response, () => endlessChunk);
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
          let left = bombChunks;
          pour(response, () => (left-- > 0 ? bombChunk() : undefined));
        },
      },
    }),
  }),
];
