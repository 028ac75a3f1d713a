import { errors } from "undici";
import { expect, test } from "vitest";
import { connectionError } from "./connection-errors.ts";

const attempt = {
  route: "GET https://dev.azure.com/fabrikam",
  host: "dev.azure.com",
  timeoutMs: 120_000,
  callSignal: new AbortController().signal,
  redact: (text: string) => text,
};

test("a connection that is not made in time is told with its own limit, and not with that of an answer", () => {
  const failure = connectionError(new errors.ConnectTimeoutError(), attempt);
  expect([failure.kind, failure.message]).toEqual([
    "timeout",
    "GET https://dev.azure.com/fabrikam: no connection to dev.azure.com within 10 s; " +
      "check the network, its firewall and --proxy (UND_ERR_CONNECT_TIMEOUT)",
  ]);
});

test("an answer that does not come in time is told with the limit of a try", () => {
  const failure = connectionError(new DOMException("late", "TimeoutError"), attempt);
  expect([failure.kind, failure.message]).toEqual(["timeout", expect.stringMatching(/did not answer within 120 s/)]);
});
