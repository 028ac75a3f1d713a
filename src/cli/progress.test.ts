import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import {
  type StreamSyncResponse,
  StreamSyncResponseSchema,
  UpstreamBudgetSchema,
} from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { createProgress } from "./progress.ts";

const group = (resource: string) => ({ id: { resourceType: "group", resource } });
const user = { id: { resourceType: "user", resource: "u" } };

function batch(rows: number, rest: { entitlementsOn?: readonly string[]; grantOn?: string; complete?: boolean } = {}) {
  const { entitlementsOn = [], grantOn, complete = false } = rest;
  return create(StreamSyncResponseSchema, {
    entitlements: entitlementsOn.map((id) => ({ id: `group:${id}:member`, resource: group(id) })),
    grants: grantOn === undefined ? [] : [{ entitlement: { resource: group(grantOn) }, principal: user }],
    counters: { resources: BigInt(rows), entitlements: 4n, grants: 6n, upstreamRequests: 3n },
    complete,
  });
}

interface Step {
  readonly atMs: number;
  readonly batch?: StreamSyncResponse;
}

/** What a progress writes when batches come at the given times. */
function written(terminal: { isTTY: boolean; columns?: number; name?: string }, steps: readonly Step[]): string[] {
  const lines: string[] = [];
  let nowMs = 0;
  const output = { ...terminal, write: (text: string) => lines.push(text) };
  const progress = createProgress({ output, now: () => nowMs, terminal: terminal.name ?? "xterm" });
  for (const { atMs, batch: each } of steps) {
    nowMs = atMs;
    if (each) progress.update(each);
    else progress.done();
  }
  return lines;
}

const clear = "\r\u001b[2K";
const four = ["a", "b", "c", "d"];

test("tells counts and rate, and how far the grants are once that is known", () => {
  const lines = written({ isTTY: false }, [
    { atMs: 1_000, batch: batch(90) },
    { atMs: 4_000, batch: batch(90, { entitlementsOn: four }) },
    { atMs: 6_000, batch: batch(90, { grantOn: "a" }) },
    { atMs: 10_000, batch: batch(90, { grantOn: "b" }) },
    { atMs: 600_000, batch: batch(90, { grantOn: "c" }) },
    { atMs: 700_000, batch: batch(90, { grantOn: "d", complete: true }) },
    { atMs: 700_000 },
  ]);
  expect(lines).toEqual([
    "1.0 s: 90 resources, 4 entitlements, 6 grants, 3 upstream requests, 100 rows/s\n",
    "4.0 s: 90 resources, 4 entitlements, 6 grants, 3 upstream requests, 25 rows/s\n",
    "6.0 s: 90 resources, 4 entitlements, 6 grants, 3 upstream requests, 17 rows/s, 25 % of what can have grants\n",
    "10.0 s: 90 resources, 4 entitlements, 6 grants, 3 upstream requests, 10 rows/s, 50 % of what can have grants, about 4 s left\n",
    "600.0 s: 90 resources, 4 entitlements, 6 grants, 3 upstream requests, 0 rows/s, 75 % of what can have grants, about 4 min left\n",
    "700.0 s: 90 resources, 4 entitlements, 6 grants, 3 upstream requests, 0 rows/s\n",
  ]);
});

test("says when upstream asked for a pause", () => {
  const paused = create(StreamSyncResponseSchema, {
    ...batch(1),
    upstreamBudget: create(UpstreamBudgetSchema, { pausedUntil: timestampFromMs(1_000) }),
  });
  expect(written({ isTTY: false }, [{ atMs: 1_000, batch: paused }])[0]).toContain("Azure DevOps asked for a pause");
});

test("writes a line now and then where lines stay, and the last one always", () => {
  const steps = [0, 500, 1_900, 2_000, 2_100].map((atMs) => ({ atMs, batch: batch(1) }));
  expect(written({ isTTY: false }, [...steps, { atMs: 2_100 }]).map((line) => line.slice(0, 6))).toEqual([
    "0.0 s:",
    "2.0 s:",
    "2.1 s:",
  ]);
});

test("rewrites one line on a terminal, never wider than it", () => {
  const steps = [0, 50, 100].map((atMs) => ({ atMs, batch: batch(1) }));
  const lines = written({ isTTY: true, columns: 30 }, [...steps, { atMs: 100 }]);
  expect(lines).toEqual(
    [`${clear}0.0 s: 1 resources, 4 entitlem`, `${clear}0.1 s: 1 resources, 4 entitlem`, "\n"].map((line) =>
      line === "\n" ? line : line.slice(0, clear.length + 29),
    ),
  );
});

test("writes plain lines on a terminal that cannot rewrite one", () => {
  expect(written({ isTTY: true, name: "dumb" }, [{ atMs: 0, batch: batch(1) }, { atMs: 0 }]).join("")).not.toContain(
    "\u001b",
  );
});

test("writes nothing at all when nothing came", () => {
  expect(written({ isTTY: true }, [{ atMs: 0 }])).toEqual([]);
});

test("tells once that the sync is held, when that is for longer than a moment", () => {
  const lines: string[] = [];
  const output = { isTTY: false, write: (text: string) => lines.push(text) };
  const progress = createProgress({ output, now: () => 1_000 });
  progress.held(1_500);
  progress.held(31_000);
  progress.held(31_000);
  progress.held(200_000);
  expect(lines).toEqual([
    "0.0 s: Azure DevOps limits this identity; the sync goes on in about 30 s\n",
    "0.0 s: Azure DevOps limits this identity; the sync goes on in about 4 min\n",
  ]);
});
