import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request of either version, as Node gives it. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;
export type HttpHandler = (request: HttpRequest, response: HttpResponse) => void;

/** What the responses of both versions have in common, and Connect's own type of them too. */
interface Answerable {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(content: string | Buffer): unknown;
}

export function answer(
  response: Answerable,
  status: number,
  content: string | Buffer,
  contentType = "text/plain",
): void {
  response.statusCode = status;
  response.setHeader("content-type", contentType);
  response.end(content);
}
