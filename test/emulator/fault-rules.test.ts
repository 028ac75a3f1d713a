import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Emulator, FaultRule } from "../../src/emulator/index.ts";
import { parseRule, startEmulator } from "../../src/emulator/index.ts";
import { look } from "./raw.ts";

/** When and where faults act. */

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: 20, groups: 4, projects: 2, tokens: [{ token: "other", scopes: ["*"] }] });
});
afterEach(() => emulator.faults.clear());
afterAll(() => emulator.close());

const status = async (path: string, options: Parameters<typeof look>[2] = {}) =>
  (await look(emulator, path, options)).status;

async function statuses(count: number, path = "_apis/projects"): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < count) seen.push(await status(path));
  return seen;
}

describe("a rule acts", () => {
  test("at the n-th matching request only", async () => {
    emulator.faults.add({ kind: "server-error", route: "_apis/projects", nth: 3 });
    await status("_apis/resourceareas");
    expect(await statuses(5)).toEqual([200, 200, 500, 200, 200]);
    expect(emulator.faults.list()).toMatchObject([{ matched: 5, applied: 1 }]);
  });

  test("from the n-th on, and so many times", async () => {
    emulator.faults.add({ kind: "server-error", from: 2, times: 2 });
    expect(await statuses(5)).toEqual([200, 500, 500, 200, 200]);
  });

  test("at so many requests from the n-th on, whether it finds something to change or not", async () => {
    emulator.faults.add({ kind: "server-error", nth: 2, times: 2 });
    expect(await statuses(5)).toEqual([200, 500, 500, 200, 200]);
    emulator.faults.clear();
    emulator.faults.add({ kind: "unresolvable-host", nth: 1, times: 2 });
    await statuses(2);
    await status("_apis/resourceareas");
    expect(emulator.faults.list()).toMatchObject([{ matched: 3, applied: 0 }]);
  });

  test("for ever without any of them", async () => {
    emulator.faults.add({ kind: "server-error" });
    expect(await statuses(3)).toEqual([500, 500, 500]);
  });

  test("as often as its kind found something to change, times is counted", async () => {
    emulator.faults.add({ kind: "null-identity", times: 1 });
    await statuses(2);
    const { state } = emulator;
    const body = { identityIds: [state.subjects[0]?.storageKey] };
    const options = { host: "vssps", method: "POST", body } as const;
    const path = "_apis/identitybatch?api-version=7.1-preview.1";
    const first = await look(emulator, path, options);
    const second = await look(emulator, path, options);
    expect(JSON.parse(first.bytes.toString()).value).toEqual([null]);
    expect(JSON.parse(second.bytes.toString()).value).toEqual([expect.objectContaining({ id: body.identityIds[0] })]);
    expect(emulator.faults.list()).toMatchObject([{ matched: 4, applied: 1 }]);
  });

  test.each<{ readonly rule: FaultRule; readonly hit: readonly string[] }>([
    { rule: { kind: "server-error", route: "_apis/projects/{projectId}" }, hit: ["project"] },
    { rule: { kind: "server-error", route: "/_APIS/Projects*" }, hit: ["projects", "project"] },
    { rule: { kind: "server-error", route: "*/graph/*" }, hit: ["users"] },
    { rule: { kind: "server-error", route: "_apis/projects/0*" }, hit: [] },
    { rule: { kind: "server-error", host: "core" }, hit: ["projects", "project", "options"] },
    { rule: { kind: "server-error", method: "options" }, hit: ["options"] },
    { rule: { kind: "server-error", method: "GET", host: "vssps", route: "_apis/*" }, hit: ["users"] },
  ])("$rule to $hit", async ({ hit, rule }) => {
    emulator.faults.add(rule);
    const id = emulator.state.projects[0]?.id ?? "";
    const seen = {
      projects: await status("_apis/projects"),
      project: await status(`_apis/projects/${id.startsWith("0") ? emulator.state.projects[1]?.id : id}`),
      users: await status("_apis/graph/users", { host: "vssps" }),
      options: await status("_apis", { method: "OPTIONS" }),
    };
    expect(Object.entries(seen).flatMap(([name, each]) => (each === 500 ? [name] : []))).toEqual(hit);
  });
});

describe("a rate", () => {
  const pattern = async (rule: Partial<FaultRule>) => {
    emulator.faults.clear();
    emulator.faults.add({ kind: "server-error", rate: 0.3, ...rule });
    return (await statuses(60)).map((each) => (each === 500 ? "x" : ".")).join("");
  };

  test("with a seed gives the same requests each time, and others with another", async () => {
    const first = await pattern({ seed: 7 });
    expect(await pattern({ seed: 7 })).toBe(first);
    expect(await pattern({ seed: 8 })).not.toBe(first);
    const share = first.replaceAll(".", "").length / first.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.45);
  });

  test("of 0 is never and of 1 always", async () => {
    expect(await pattern({ rate: 0 })).toBe(".".repeat(60));
    expect(await pattern({ rate: 1 })).toBe("x".repeat(60));
  });
});

describe("several rules", () => {
  test("act on one request: waits add up, the first answer wins, the first delivery sends it", async () => {
    emulator.faults.add({ kind: "latency", ms: 40 });
    emulator.faults.add({ kind: "latency", ms: 40 });
    emulator.faults.add({ kind: "unavailable-html", retryAfterSeconds: 2 });
    emulator.faults.add({ kind: "server-error" });
    emulator.faults.add({ kind: "reset-body" });
    emulator.faults.add({ kind: "hang" });
    const sight = await look(emulator, "_apis/projects");
    expect([sight.status, sight.error, sight.headers.get("retry-after")]).toEqual([503, "ECONNRESET", "2"]);
    expect(sight.elapsedMs).toBeGreaterThan(75);
    expect(emulator.faults.list().map(({ applied }) => applied)).toEqual([1, 1, 1, 0, 1, 0]);
  });

  test("change what each other changed", async () => {
    emulator.faults.add({ kind: "retry-after", retryAfterSeconds: 9 });
    emulator.faults.add({ kind: "null-member" });
    emulator.faults.add({ kind: "short-page", rows: 1 });
    const sight = await look(emulator, "_apis/projects");
    expect(JSON.parse(sight.bytes.toString())).toMatchObject({ count: 2, value: [null, expect.anything()] });
    expect(sight.headers.get("retry-after")).toBe("9");
  });

  test("come and go while the emulator runs", async () => {
    const first = emulator.faults.add({ kind: "server-error" });
    const second = emulator.faults.add({ kind: "bad-gateway" });
    expect(second).not.toBe(first);
    expect(emulator.faults.remove(first)).toBe(true);
    expect(emulator.faults.remove(first)).toBe(false);
    expect(await statuses(1)).toEqual([502]);
    emulator.faults.clear();
    expect(await statuses(1)).toEqual([200]);
    expect(emulator.faults.list()).toEqual([]);
  });
});

test("an expired token stays so for whatever it asks, and other tokens do not", async () => {
  emulator.faults.add({ kind: "token-expires", route: "_apis/projects", nth: 2 });
  expect(await statuses(3)).toEqual([200, 401, 401]);
  expect(await status("_apis/resourceareas")).toBe(401);
  expect(await status("_apis/projects", { token: "other" })).toBe(200);
  emulator.faults.clear();
  emulator.faults.add({ kind: "token-expires", answer: "sign-in-203", times: 1 });
  expect(await statuses(2)).toEqual([203, 200]);
});

test("the hook answers before any fault, and lets faults be when it does not", async () => {
  const hooked = await startEmulator({
    users: 20,
    groups: 2,
    projects: 1,
    onRequest: ({ route }) => (route === "_apis/projects" ? { status: 204 } : undefined),
    faults: [{ kind: "server-error" }],
  });
  try {
    expect((await look(hooked, "_apis/projects")).status).toBe(204);
    expect((await look(hooked, "_apis/resourceareas")).status).toBe(500);
    expect(hooked.faults.list()).toMatchObject([{ matched: 1, applied: 1 }]);
  } finally {
    await hooked.close();
  }
});

describe("a rule that cannot be", () => {
  test.each<readonly [FaultRule, string]>([
    [{ kind: "hagn" }, 'no fault "hagn"; did you mean "hang"? there is latency, clock-skew, status,'],
    [{ kind: "something" }, 'no fault "something"; there is latency,'],
    [{ kind: "hang", rout: "x" }, 'fault hang: no parameter "rout"; did you mean "route"? there is route, method,'],
    [{ kind: "latency", mss: 1 }, 'fault latency: no parameter "mss"; did you mean "ms"? there is ms, jitterMs, route'],
    [{ kind: "latency", ms: "soon" }, "fault latency: ms: "],
    [{ kind: "latency", ms: -1 }, "fault latency: ms: "],
    [{ kind: "hang", nth: 0 }, "fault hang: nth: "],
    [{ kind: "hang", rate: 2 }, "fault hang: rate: "],
    [{ kind: "hang", host: "example.com" }, "fault hang: host: "],
    [{ kind: "hang", nth: 1, from: 2 }, "nth or from, not both"],
    [{ kind: "token-expires", answer: "402" }, "fault token-expires: answer: "],
  ])("%j is refused", async (rule, message) => {
    expect(() => emulator.faults.add(rule)).toThrow(RangeError);
    expect(() => emulator.faults.add(rule)).toThrow(message);
    expect(emulator.faults.list()).toEqual([]);
    await expect(startEmulator({ faults: [rule] })).rejects.toThrow(message);
  });
});

test("rules are read from text", () => {
  expect(parseRule("hang")).toEqual({ kind: "hang" });
  expect(parseRule("latency,ms=20,rate=0.5")).toEqual({ kind: "latency", ms: 20, rate: 0.5 });
  expect(parseRule("route=_apis/*, kind=redirect-host, location=https://x.invalid/?a=b")).toEqual({
    kind: "redirect-host",
    route: "_apis/*",
    location: "https://x.invalid/?a=b",
  });
  expect(() => parseRule("hang,now")).toThrow('"now" is not name=value');
  expect(() => parseRule("route=x")).toThrow("has no kind");
  expect(() => parseRule("=x")).toThrow("name=value");
});
