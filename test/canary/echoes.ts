import type { Reply, RequestSeen } from "../../src/emulator/index.ts";

/** What an upstream service, or something on the way to it, can write of the credential that it was sent. */
export const echoes: Readonly<Record<string, (sent: Sent) => string>> = {
  "the header": ({ header }) => header,
  "the token": ({ token }) => token,
  "the request": ({ request }) => request,
  "URL-encoded": ({ header }) => encodeURIComponent(header),
  "the first half": ({ token }) => `token ${token.slice(0, token.length / 2)} is unknown`,
  "the end of the header": ({ header }) => `…${header.slice(-24)}`,
  "in upper case": ({ token }) => token.toUpperCase(),
  "in lower case": ({ header }) => header.toLowerCase(),
  "over and over": ({ token }) => ` ${token}`.repeat(400),
};

export interface Sent {
  readonly header: string;
  readonly token: string;
  readonly request: string;
}

/** The request's credential in the forms that it has on the wire. */
export function sentBy({ headers, method, path }: Pick<RequestSeen, "headers" | "method" | "path">): Sent | undefined {
  const { authorization } = headers;
  if (typeof authorization !== "string") return undefined;
  const value = authorization.slice(authorization.indexOf(" ") + 1);
  const token = authorization.startsWith("Basic")
    ? Buffer.from(value, "base64").toString("utf8").replace(/^:/, "")
    : value;
  return { header: authorization, token, request: `${method} ${path} HTTP/1.1 ${JSON.stringify(headers)}` };
}

/** Where an answer can hold it. */
type Body = (echo: string) => { readonly type: string; readonly body: unknown };

const json = "application/json; charset=utf-8";

/** Bodies of refusals and of what should be none. */
export const bodies: Readonly<Record<string, Body>> = {
  "a message": (echo) => ({ type: json, body: { message: `VS800075: ${echo}`, typeKey: echo } }),
  "a wrapped message": (echo) => ({ type: json, body: { count: 1, value: { Message: echo } } }),
  "an escaped message": (echo) => ({ type: json, body: `{"message": "${escaped(echo)}"}` }),
  HTML: (echo) => ({ type: "text/html", body: `<html><pre>${echo}</pre></html>` }),
  "plain text": (echo) => ({ type: "text/plain", body: echo }),
  "no JSON": (echo) => ({ type: json, body: echo }),
  "cut JSON": (echo) => ({ type: json, body: `{"value": [{"id": ${JSON.stringify(echo)}` }),
  "wrong JSON": (echo) => ({
    type: json,
    body: { value: { [echo]: { [echo]: 1 } }, acesDictionary: { [echo]: null } },
  }),
  "a type that is its own": (echo) => ({ type: `text/${wordOf(echo)}; charset=${wordOf(echo)}`, body: "{}" }),
};

const escaped = (echo: string) =>
  [...echo].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const wordOf = (echo: string) => echo.replaceAll(/[^\w-]/g, "").slice(0, 100);

/** Headers that could be told, with the echo in each of them. */
export function headersWith(echo: string): Readonly<Record<string, string>> {
  const value = echo.slice(0, 3_000);
  return {
    "X-TFS-ServiceError": encodeURIComponent(value).slice(0, 3_000),
    ActivityId: value,
    "X-VSS-E2EID": value,
    "WWW-Authenticate": `Basic realm="${value}", Bearer authorization_uri=https://login.microsoftonline.com/${value}`,
    Location: `https://spsprodcus1.vssps.visualstudio.com/_signin?reply_to=${encodeURIComponent(value)}`,
    "X-RateLimit-Resource": value,
    "X-RateLimit-Remaining": "1",
    "X-RateLimit-Limit": "200",
  };
}

/** Answers that succeed, with the whole credential where names, addresses and tokens stand. */
export const successes: Readonly<Record<string, (echo: string) => Reply>> = {
  "_apis/connectionData": (echo) => ({
    status: 200,
    body: {
      authenticatedUser: { id: echo, subjectDescriptor: `aad.${echo}`, providerDisplayName: echo },
      instanceId: echo,
      deploymentType: "hosted",
    },
  }),
  "_apis/resourceareas": (echo) => ({
    status: 200,
    body: {
      value: areaIds.map((id, at) => ({ id, name: echo, locationUrl: addresses(wordOf(echo))[at % 2] })),
    },
  }),
  "_apis/graph/users": (echo) => ({
    status: 200,
    body: { value: [{ descriptor: `aad.${wordOf(echo)}`, displayName: echo, principalName: echo, mailAddress: echo }] },
  }),
  "_apis/graph/groups": (echo) => ({
    status: 200,
    body: { value: [{ descriptor: "vssgp.Uy0xLTktMQ", displayName: echo, principalName: echo, description: echo }] },
  }),
  "_apis/userentitlements": (echo) => ({
    status: 200,
    headers: { "X-MS-ContinuationToken": echo.slice(0, 3_000) },
    body: { items: [], members: [], continuationToken: echo },
  }),
  "_apis/graph/serviceprincipals": (echo) => ({
    status: 200,
    headers: { "X-MS-ContinuationToken": echo.slice(0, 3_000) },
    body: { value: [] },
  }),
  "_apis/projects": (echo) => ({
    status: 200,
    body: { value: [{ id: areaIds[0], name: echo, description: echo, state: "wellFormed" }] },
  }),
};

/** Such as are taken for good: others are refused unseen. */
const addresses = (word: string) => [`https://${word.slice(0, 60)}.invalid/x`, `https://127.0.0.1:1/${word}`];

const areaIds = [
  "bb1e7ec9-e901-4b68-999a-de7012b920f8",
  "8a3d49b8-91f0-46ef-b33d-dda338c25db3",
  "68ddce18-2501-45f1-a17b-7931a9922690",
  "79134c72-4a58-4b42-976c-04e7115f32bf",
];
