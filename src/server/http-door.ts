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
    method: url.slice(1, 200),
    metadataBytes: metadataSize(fields),
  };
}

/** Connect's names of the codes with which a call is refused, and the status that goes with each. */
const refusals = new Map([
  [code.unauthenticated, { name: "unauthenticated", status: 401 }],
  [code.resourceExhausted, { name: "resource_exhausted", status: 429 }],
] as const);

/** Refuses a request whose body was not read, in Connect's form, which clients of gRPC and gRPC-Web take by status. */
export function refuse(
  { httpVersionMajor }: HttpRequest,
  response: HttpResponse,
  { code: failed, message }: Failure,
): void {
  const known = [...refusals].find(([each]) => each === failed)?.[1];
  const { name, status } = known ?? { name: "internal", status: 500 };
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  // The body that is still to come would be read as the next request.
  if (httpVersionMajor === 1) response.setHeader("connection", "close");
  answer(response, status, JSON.stringify({ code: name, message }), "application/json");
}
