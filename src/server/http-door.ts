import { TLSSocket } from "node:tls";
import { metadataSize, type Visitor } from "./door.ts";
import { code, type Failure } from "./error-codes.ts";
import { answer, type HttpRequest, type HttpResponse } from "./http.ts";

/** What an HTTP request shows of who makes it, before its body is read. */
export function visitorOf({ headers, socket, url = "/" }: HttpRequest): Visitor {
  const fields = Object.entries(headers).flatMap(([name, value = []]) =>
    (Array.isArray(value) ? value : [value]).map((each) => [name, each] as const),
  );
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined;
  return {
    authorization: headers.authorization,
    certificate: certificate?.raw ? certificate : undefined,
    peer: `${socket.remoteAddress}:${socket.remotePort}`,
    // Without the query, in which some clients put a token.
    method: url.slice(1, 200).split("?", 1)[0] ?? "",
    metadataBytes: metadataSize(fields),
  };
}

/** Connect's names of the codes with which a call is refused, and the status that goes with each. */
const refusals = new Map([
  [code.unauthenticated, { name: "unauthenticated", status: 401 }],
  [code.resourceExhausted, { name: "resource_exhausted", status: 429 }],
] as const);

/** Refuses a request whose body was not read, in the form of the protocol that it speaks. */
export function refuse({ headers, httpVersionMajor }: HttpRequest, response: HttpResponse, failure: Failure): void {
  const { name, status } = [...refusals].find(([each]) => each === failure.code)?.[1] ?? internal;
  const type = headers["content-type"] ?? "";
  const error = { code: name, message: failure.message };
  // The body that is still to come would be read as the next request.
  if (httpVersionMajor === 1) response.setHeader("connection", "close");
  if (type.startsWith("application/grpc")) {
    response.setHeader("grpc-status", String(failure.code));
    response.setHeader("grpc-message", encodeURI(failure.message));
    response.setHeader("content-type", type);
    // Without even an empty body, or gRPC would wait for its status in trailers.
    response.end();
  } else if (type.startsWith("application/connect+")) {
    // Streams in Connect's protocol tell an error in their last message.
    answer(response, 200, lastMessage({ error }), type);
  } else {
    if (status === 401) response.setHeader("www-authenticate", "Bearer");
    answer(response, status, JSON.stringify(error), "application/json");
  }
}

const internal = { name: "internal", status: 500 };

/** Connect's envelope: a byte of flags (2: end of stream), the length, JSON. */
function lastMessage(content: object): Buffer {
  const json = Buffer.from(JSON.stringify(content));
  const head = Buffer.alloc(5);
  head.writeUInt8(2, 0);
  head.writeUInt32BE(json.length, 1);
  return Buffer.concat([head, json]);
}
