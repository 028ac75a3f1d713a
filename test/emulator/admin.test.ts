import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/index.ts";
import { faultKinds, startEmulator } from "../../src/emulator/index.ts";
import { look } from "./raw.ts";

/** The routes that steer a running emulator: no credentials, and nothing of them counted. */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 20, groups: 2, projects: 1 });
});
beforeEach(() => {
  emulator.faults.clear();
  emulator.throttle.set(undefined);
  emulator.requests.reset();
});
afterAll(() => emulator.close());

async function steer(method: string, name: string, body?: string) {
  const url = new URL(`/_emulator/${name}`, emulator.url);
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}
const projects = async () => (await look(emulator, "_apis/projects")).status;

test("rules come as JSON or as text, are told with their counts, and go one by one or all at once", async () => {
  const rule = { kind: "server-error", route: "_apis/projects", times: 1 };
  expect(await steer("POST", "faults", JSON.stringify(rule))).toEqual({
    status: 201,
    body: { id: expect.any(Number) },
  });
  const { body } = await steer("POST", "faults", JSON.stringify("bad-gateway,from=2"));
  expect([await projects(), await projects()]).toEqual([500, 502]);
  expect((await steer("GET", "faults")).body).toEqual({
    faults: [
      { id: body.id - 1, rule, matched: 2, applied: 1 },
      { id: body.id, rule: { kind: "bad-gateway", from: 2 }, matched: 2, applied: 1 },
    ],
  });
  expect((await steer("DELETE", `faults/${body.id}`)).status).toBe(204);
  expect((await steer("DELETE", `faults/${body.id}`)).status).toBe(404);
  expect(emulator.faults.list()).toHaveLength(1);
  expect((await steer("DELETE", "faults")).status).toBe(204);
  expect(emulator.faults.list()).toEqual([]);
});

test("kinds are told with their parameters", async () => {
  const { kinds } = (await steer("GET", "fault-kinds")).body;
  expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual(faultKinds.map(({ kind }) => kind));
  expect(kinds[0]).toMatchObject({
    kind: "latency",
    lossless: true,
    parameters: [{ name: "ms" }, { name: "jitterMs" }],
  });
});

test("requests of the service are counted, its own are not, and faults leave them alone", async () => {
  emulator.faults.add({ kind: "hang", nth: 3 });
  await projects();
  await projects();
  expect((await steer("GET", "requests")).body).toEqual({ total: 2, byRoute: { "GET _apis/projects": 2 } });
  await steer("DELETE", "requests");
  expect(emulator.requests.total).toBe(0);
  expect(emulator.faults.list()).toMatchObject([{ matched: 2 }]);
});

test("limits are set, told and lifted", async () => {
  expect((await steer("PUT", "throttle", '{"limitUnits":1,"unitsPerRequest":2}')).status).toBe(204);
  expect([await projects(), await projects()]).toEqual([200, 429]);
  expect((await steer("GET", "throttle")).body).toEqual({
    usage: [{ credential: "full", units: 2, limitUnits: 1, requests: 2, delayed: 0, refused: 1, foretold: 0 }],
  });
  expect((await steer("DELETE", "throttle")).status).toBe(204);
  expect(await projects()).toBe(200);
});

describe("what cannot be is refused and told:", () => {
  test.each([
    ["POST", "faults", "{", 400, "not JSON"],
    ["POST", "faults", '{"kind":"hagn"}', 400, 'did you mean "hang"?'],
    ["POST", "faults", '{"kind":"hang","nth":"1"}', 400, "nth"],
    ["POST", "faults", "[]", 400, "must be a rule"],
    ["POST", "faults", '"hang,now"', 400, "name=value"],
    ["PUT", "throttle", '{"limit":1}', 400, "limit"],
    ["PUT", "throttle", '{"limitUnits":0}', 400, "above 0"],
    ["PUT", "throttle", '{"refuseBy":"prayer"}', 400, "refuseBy"],
    ["GET", "fault", undefined, 404, 'did you mean "GET faults"?'],
    ["PATCH", "faults", undefined, 404, "POST faults"],
  ])("%s %s %s", async (method, name, body, status, message) => {
    const answer = await steer(method, name, body);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toContain(message);
    expect(emulator.faults.list()).toEqual([]);
  });
});

test("a listener that others can reach has no such routes", async () => {
  const open = await startEmulator({ users: 20, groups: 2, projects: 1, listen: "0.0.0.0:0" });
  try {
    const response = await fetch(`http://127.0.0.1:${new URL(open.url).port}/_emulator/faults`);
    expect(response.status).toBe(404);
    expect(open.requests.total).toBe(1);
  } finally {
    await open.close();
  }
});
