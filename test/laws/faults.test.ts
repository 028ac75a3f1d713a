import { afterAll, beforeAll, expect, test } from "vitest";
import type { Reply, RequestSeen } from "../../src/emulator/index.ts";
import { idsOf, wholeStream } from "../support/stream.ts";
import { codeOf, startWorld, type World } from "../support/world.ts";

/** What a sync can do without, and callers who go away; every other fault at every request is in the fault matrix. */

const codes = { cancelled: 1, permissionDenied: 7 };

/** What the organization does at each request; replaced by each test. */
let onRequest: (request: RequestSeen, index: number) => Reply | undefined | Promise<Reply | undefined>;
let index = 0;
let world: World;
/** Upstream requests of an undisturbed sync. */
let requests: number;

beforeAll(async () => {
  onRequest = () => undefined;
  const hook = (request: RequestSeen) => onRequest(request, index++);
  const pageSizes = { graph: 40, entitlements: 30, projects: 3, teams: 5 };
  world = await startWorld({ users: 60, groups: 14, projects: 4, teamsPerProject: 2, onRequest: hook, pageSizes });
  await sync();
  requests = index;
});
afterAll(() => world.close());

/** One sync on a replica of its own, from the first upstream request on. */
async function sync(signal?: AbortSignal): Promise<string[]> {
  index = 0;
  const replica = await world.replica();
  try {
    return idsOf(await wholeStream(replica, {}, signal));
  } finally {
    await replica.close();
  }
}

const refusal = (status: number): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: { message: `no (${status})`, typeKey: "SomeException" },
});

test("a route that is forbidden ends the sync, but where its scope may be missing from the start", async () => {
  const left: string[] = [];
  for (let n = 0; n < requests; n += 1) {
    let route: string | undefined;
    onRequest = (request, at) => {
      if (at === n) route = `${request.method} ${request.route}`;
      return route === `${request.method} ${request.route}` ? refusal(403) : undefined;
    };
    const outcome = await sync().then(
      () => "complete",
      (error: { code: number }) => error.code,
    );
    if (outcome === "complete") left.push(route ?? "");
    else expect(outcome, `request ${n}, ${route}`).toBe(codes.permissionDenied);
  }
  expect(requests).toBeGreaterThan(20);
  // The probes of what a sync can do without; a later failure of the same routes is fatal.
  expect([...new Set(left)].sort()).toEqual([
    "GET _apis/accesscontrollists/{securityNamespaceId}",
    "GET _apis/userentitlements/{userId}",
    "POST _apis/identitybatch",
  ]);
  expect(left).toHaveLength(3);
});

test("a caller that goes away at any request ends the call and the request with CANCELLED", async () => {
  for (let n = 0; n < requests; n += 1) {
    const caller = new AbortController();
    onRequest = (_request, at) => {
      if (at !== n) return undefined;
      caller.abort();
      return new Promise(() => undefined); // Upstream never answers: only the abort can end this.
    };
    expect(await codeOf(sync(caller.signal)), `request ${n}`).toBe(codes.cancelled);
  }
});
