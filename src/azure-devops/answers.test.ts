import { describe, expect, test } from "vitest";
import { z } from "zod";
import { thrownBy } from "../../test/support/calls.ts";
import type { ErrorKind } from "../errors.ts";
import type { HttpAnswer } from "../http/client.ts";
import { createRedactor } from "../redaction.ts";
import { Secret } from "../secret.ts";
import { type AnswerContext, failureOf, readAnswer } from "./answers.ts";
import { personalAccessToken } from "./credential.ts";
import { graphUser, listOf } from "./schemas.ts";

const context: AnswerContext = {
  route: "GET graph/users",
  scope: "Graph (Read)",
  namesObject: true,
  credentialWorked: false,
  redactor: createRedactor([]),
};
const json = { "content-type": "application/json; charset=utf-8; api-version=7.1" };
const html = { "content-type": "text/html; charset=utf-8" };
const plain = { "content-type": "text/plain" };

function answer(status: number, headers: HttpAnswer["headers"], text = ""): HttpAnswer {
  return { status, headers, text };
}

function error(status: number, typeKey: string, message = "said upstream"): HttpAnswer {
  return answer(status, json, JSON.stringify({ $id: "1", message, typeKey, errorCode: 0 }));
}

interface Case {
  readonly name: string;
  readonly answer: HttpAnswer;
  readonly kind: ErrorKind;
  readonly says?: string;
  readonly worked?: boolean;
}

const signInPage = "sign-in page";
const location = "https://spsprodeus21.vssps.visualstudio.com/_signin?realm=dev.azure.com";

const cases: readonly Case[] = [
  { name: "429", answer: error(429, "RequestBlockedException"), kind: "rate-limited" },
  { name: "500", answer: error(500, "X"), kind: "unavailable" },
  { name: "502 with a page", answer: answer(502, html, "<html>"), kind: "unavailable" },
  { name: "503", answer: answer(503, json, ""), kind: "unavailable" },
  { name: "504", answer: answer(504, plain, "gateway"), kind: "unavailable" },
  { name: "408", answer: answer(408, json), kind: "timeout" },
  { name: "401", answer: answer(401, json), kind: "unauthenticated", says: "valid for this organization" },
  { name: "401 with a page", answer: answer(401, html, "<html>"), kind: "unauthenticated", says: "Graph (Read)" },
  { name: "401 after a success", answer: answer(401, {}), kind: "forbidden", says: "Graph (Read)", worked: true },
  { name: "403", answer: error(403, "AccessCheckException"), kind: "forbidden", says: "scope Graph (Read)" },
  { name: "203", answer: answer(203, html, "<html>Sign in"), kind: "unauthenticated", says: signInPage },
  { name: "203 that says JSON", answer: answer(203, json, "{}"), kind: "unauthenticated", says: signInPage },
  { name: "200 with a page", answer: answer(200, html, "<html>"), kind: "unauthenticated", says: signInPage },
  { name: "302 to the sign-in", answer: answer(302, { location }), kind: "unauthenticated", says: signInPage },
  {
    name: "302 to a log-in, after a success",
    answer: answer(302, { location: "https://login.microsoftonline.com/common" }),
    kind: "unauthenticated",
    worked: true,
  },
  {
    name: "302 elsewhere",
    answer: answer(302, { location: "https://other/" }),
    kind: "wrong-route",
    says: "redirects",
  },
  { name: "301", answer: answer(301, { location: "https://other/" }), kind: "wrong-route", says: "check the URL" },
  { name: "404 of an unknown key", answer: error(404, "VssResourceNotFoundException"), kind: "wrong-route" },
  { name: "404 as plain text", answer: answer(404, plain, "Page not found."), kind: "wrong-route", says: "URL" },
  { name: "404 without a body", answer: answer(404, {}), kind: "wrong-route" },
  {
    name: "404 that says a key in plain text",
    answer: { ...error(404, "TeamNotFoundException"), headers: plain },
    kind: "wrong-route",
  },
  { name: "404 with cut JSON", answer: answer(404, json, '{"typeKey":"TeamNotFound'), kind: "wrong-route" },
  { name: "404 with a key that is no text", answer: answer(404, json, '{"typeKey":["x"]}'), kind: "wrong-route" },
  { name: "409", answer: error(409, "GroupCreationException"), kind: "conflict" },
  { name: "400", answer: error(400, "VssPropertyValidationException"), kind: "bug", says: "said upstream" },
  { name: "200 that is not JSON", answer: answer(200, plain, "ok"), kind: "malformed-answer", says: "not JSON" },
  { name: "200 without a type", answer: answer(200, {}, "{}"), kind: "malformed-answer" },
  { name: "204", answer: answer(204, {}), kind: "malformed-answer" },
  { name: "206", answer: answer(206, json, "{}"), kind: "unexpected-answer", says: "no whole answer" },
  { name: "202", answer: answer(202, json, "{}"), kind: "unexpected-answer", says: "no whole answer" },
  { name: "407", answer: answer(407, {}), kind: "refused", says: "check the proxies" },
  { name: "451", answer: answer(451, {}), kind: "refused", says: "check the proxies" },
];

/** The keys of facts 11.2 that say that the addressed object itself is gone. */
const goneKeys = [
  "ProjectDoesNotExistException",
  "ProjectDoesNotExistWithNameException",
  "IdentityNotFoundException",
  "FindGroupSidDoesNotExistException",
  "GroupScopeDoesNotExistException",
  "GraphSubjectNotFoundException",
  "GraphMemberNotFoundException",
  "StorageKeyNotFoundException",
  "SubjectDescriptorNotFoundException",
  "GraphMembershipNotFoundException",
];

describe("an answer of", () => {
  test.each(cases)("$name is $kind", ({ answer: given, kind, says = "", worked = false }) => {
    const failure = failureOf(given, { ...context, credentialWorked: worked });
    expect(failure).toMatchObject({ kind });
    expect(failure?.message).toContain("GET graph/users: ");
    expect(failure?.message).toContain(says);
    expect(failure?.message).not.toContain("<html>");
  });

  test.each(goneKeys)("404 with the key %s says that the object is gone", (typeKey) => {
    expect(failureOf(error(404, typeKey), context)?.kind).toBe("not-found");
  });

  test("404 with such a key is another failure where the path names no object", () => {
    const listing = { ...context, namesObject: false };
    expect(failureOf(error(404, "GraphSubjectNotFoundException"), listing)?.kind).toBe("wrong-route");
  });

  test("a list of many bad rows is given up at the first", () => {
    const rows = JSON.stringify({ value: Array.from({ length: 200_000 }, () => ({})) });
    const failure = thrownBy(() => readAnswer(answer(200, json, rows), listOf(graphUser), context));
    expect(failure.message).toMatch(/field value\.0\.descriptor is missing/);
  });

  test("200 with JSON is no failure", () => {
    expect(failureOf(answer(200, json, "{}"), context)).toBeUndefined();
    expect(failureOf(answer(201, { "content-type": "application/json" }, "{}"), context)).toBeUndefined();
  });
});

describe("the message of a failure", () => {
  test("holds status, the service's words and the activity id", () => {
    const headers = { ...json, activityid: "5b6a-11", "x-vss-e2eid": "other" };
    const failure = failureOf({ ...error(403, "AccessCheckException", "TF50309: no"), headers }, context);
    expect(failure?.message).toContain("status 403; TF50309: no; ");
    expect(failure?.message).toContain("activity id 5b6a-11");
  });

  test("has the words of a wrapped body, or of the header when there is no body", () => {
    const wrapped = answer(400, json, '{"count":1,"value":{"Message":"The request is invalid."}}');
    expect(failureOf(wrapped, context)?.message).toContain("The request is invalid.");
    const bare = answer(404, { "x-tfs-serviceerror": "VS403325%3a+not+here", "x-vss-e2eid": "77" });
    expect(failureOf(bare, context)?.message).toMatch(/VS403325: not here.*activity id 77/);
    const odd = answer(404, { "x-tfs-serviceerror": "100%" });
    expect(failureOf(odd, context)?.message).toContain("100%");
  });

  test("cuts the service's words short", () => {
    expect(failureOf(error(400, "X", "w".repeat(50_000)), context)?.message.length).toBeLessThan(600);
  });
});

describe("a body", () => {
  const schema = z.object({ value: z.array(z.object({ descriptor: z.string() })) });
  const read = (text: string) => readAnswer(answer(200, json, text), schema, context);

  test("that is as expected is read, and what nobody asked for is dropped", () => {
    expect(read('{"count":1,"value":[{"descriptor":"aad.x","other":1}]}')).toEqual({
      value: [{ descriptor: "aad.x" }],
    });
  });

  test.each(['{"value":[{"descriptor":"aad', "", "\u0000", "<html>"])(
    "that is cut or no JSON (%j) is malformed",
    (text) => {
      const failure = thrownBy(() => read(text));
      expect(failure.kind).toBe("malformed-answer");
      expect(failure.message).toContain("GET graph/users");
    },
  );

  test.each([
    ["{}", "value"],
    ['{"value":{}}', "value"],
    ['{"value":[{"descriptor":"a"},{"descriptor":7}]}', "value.1.descriptor"],
    ['{"value":[{"descriptor":"a"},null]}', "value.1"],
    ["[]", "the body"],
    ["null", "the body"],
  ])("without a needed field (%s) is unexpected, by route and field", (text, field) => {
    const failure = thrownBy(() => read(text));
    expect(failure.kind).toBe("unexpected-answer");
    expect(failure.message).toContain(`GET graph/users: the answer's field ${field} `);
  });

  test("of a failure is thrown as the failure, even when it fits", () => {
    const failure = thrownBy(() => readAnswer(answer(500, json, '{"value":[]}'), schema, context));
    expect(failure.kind).toBe("unavailable");
  });
});

test("a credential that upstream repeats is not told", () => {
  const credential = personalAccessToken(new Secret("topsecret"));
  const echo = Buffer.from(":topsecret").toString("base64");
  const given = answer(500, json, JSON.stringify({ message: `you sent Basic ${echo}, that is topsecret` }));
  const failure = failureOf(given, { ...context, redactor: credential });
  expect(failure?.message).toContain("you sent [secret], that is [secret]");
});

describe("a credential that comes back", () => {
  const secret = "q7w4e2r5t6y3u7i2o4p5a6s3d7f2g4h5j6k3l7z2x4c5v6b3n7m2";
  const credential = personalAccessToken(new Secret(secret));
  const header = Buffer.from(`:${secret}`).toString("base64");
  const sent = { ...context, redactor: credential };
  const schema = z.object({ name: z.string() });

  test("in part or cut is not told, nor as an activity id", () => {
    const message = `${"x".repeat(280)}${secret} and ${secret.slice(0, 30)}`;
    const given = answer(500, { ...json, activityid: `Basic ${header}` }, JSON.stringify({ message }));
    expect(failureOf(given, sent)?.message).toMatch(/x\[secret\] and .*; activity id \[secret\]$/);
  });

  test.each([
    ["a name", { body: { name: secret } }],
    ["a name in base64", { body: { name: `Basic ${header}` } }],
    ["a field that is not read", { body: { name: "n", other: secret.toUpperCase() } }],
    ["a cursor", { body: { name: "n" }, headers: { "x-ms-continuationtoken": secret } }],
  ])("in a good answer as %s is no answer: it would go on to whoever reads the lists", (_where, { body, ...more }) => {
    const headers = { ...json, ...("headers" in more ? more.headers : {}) };
    const failure = thrownBy(() => readAnswer(answer(200, headers, JSON.stringify(body)), schema, sent));
    expect(failure.kind).toBe("unexpected-answer");
    expect(failure.message).toContain("repeats the credential that was sent");
    expect(failure.message).not.toContain(secret);
  });

  test("as the name of a wrong field is not told", () => {
    const names = z.record(z.string(), z.string());
    const text = JSON.stringify({ [secret.slice(0, 40)]: 1 });
    const failure = thrownBy(() => readAnswer(answer(200, json, text), names, sent));
    expect(failure.message).toContain("the answer's field [secret] is missing or of another type");
  });

  test("in what is not JSON is not told by the parser either", () => {
    const failure = thrownBy(() => readAnswer(answer(200, json, "q7w4e2r5t6"), schema, sent));
    expect([failure.kind, failure.cause]).toEqual(["malformed-answer", undefined]);
  });
});
