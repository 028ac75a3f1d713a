import { afterAll, beforeAll, expect, test } from "vitest";
import { type Emulator, type FaultRule, startEmulator } from "../../src/emulator/index.ts";
import { type OptionalType, optionalTypes } from "../../src/resources/options.ts";
import { rights } from "../../src/resources/rights.ts";
import { expectedOf } from "./fault-outcomes.ts";
import { judge, type Verdict } from "./fault-verdicts.ts";
import { type OneSync, type Outcome, syncOnce } from "./fault-world.ts";

/**
 * The requests that rights are read by, each met by one fault of a kind, once and from then on: the sync is complete, or
 * it fails with a code of the table and says which request and what to do. Never a shorter list.
 */
interface Reading extends OneSync {
  readonly name: string;
  /** Templates of the requests that are disturbed, the last of each. */
  readonly routes: readonly RegExp[];
  /** The one that finds out whether the reading is there, and a token for which it is not. */
  readonly probe?: { readonly route: RegExp; readonly token: string };
}

const ofType = (type: OptionalType, ...routes: RegExp[]): Reading => ({
  name: type,
  types: [type],
  sync: { optionalTypes: [type] },
  routes,
});

const readings: readonly Reading[] = [
  {
    name: "permissions",
    types: ["repository"],
    sync: { permissionDetail: "standard" },
    routes: [/accesscontrollists/, /securitynamespaces/, /git\/repositories$/, /git\/repositories\/\{/],
    probe: { route: /git\/repositories\/\{/, token: "without-code" },
  },
  ofType("agent-pool", /accesscontrollists/, /\/pools/, /\/queues/, /roledefinitions/),
  ofType("environment", /\/environments/),
  ofType("service-connection", /\/endpoints/),
  ofType("variable-group", /\/variablegroups/),
  ofType("secure-file", /\/securefiles/),
  ofType("feed", /packaging\/feeds(\/\{feedId\})?$/i, /\/permissions$/i, /\/views/i, /globalpermissions/i),
  ofType("access-level", /userentitlementsummary/i, /groupentitlements/i),
  {
    name: "personal-access-token",
    types: ["personal-access-token"],
    sync: { personalAccessTokens: "all" },
    routes: [/tokenadmin/],
  },
];

/** What asking again mends, and what stays. */
const once: readonly FaultRule[] = [
  { kind: "too-many-requests" },
  { kind: "request-timeout" },
  { kind: "reset-body" },
  { kind: "truncated-json" },
  { kind: "not-json" },
  { kind: "wrong-shape", without: "rows" },
];
const lasting: readonly FaultRule[] = [
  { kind: "server-error" },
  { kind: "truncated-json" },
  { kind: "wrong-shape", without: "rows" },
  { kind: "forbidden" },
  { kind: "sign-in-203" },
  { kind: "not-found-html" },
];

let emulator: Emulator;
const totals: Record<Verdict["kind"], number> = { complete: 0, "right code": 0, poorer: 0, wrong: 0 };

beforeAll(async () => {
  emulator = await startEmulator({
    users: 10,
    groups: 2,
    projects: 2,
    teamsPerProject: 1,
    repositoriesPerProject: 1,
    nesting: 1,
    pools: 2,
    feeds: 2,
    endpointsPerProject: 1,
    variableGroupsPerProject: 1,
    environmentsPerProject: 1,
    tokens: [
      { token: "without-code", scopes: rights.map((right) => right.oauthScope).filter((each) => each !== "vso.code") },
    ],
  });
});
afterAll(() => emulator.close());

const run = (reading: OneSync, token = emulator.token) => syncOnce(emulator, token, { ...reading, timeoutMs: 30_000 });

function rowsOf(outcome: Outcome): readonly string[] {
  if ("rows" in outcome) return outcome.rows;
  throw new Error(`an undisturbed sync failed: ${outcome.failure.message}`);
}

test("of every type that is an option, and of permissions, some requests are disturbed", () => {
  expect(readings.map(({ name }) => name)).toEqual(["permissions", ...optionalTypes, "personal-access-token"]);
});

test.each(readings.map((reading) => [reading.name, reading] as const))(
  "%s",
  async (_name, reading) => {
    emulator.faults.clear();
    emulator.requests.reset();
    const complete = rowsOf(await run(reading));
    const asked = [...emulator.requests.byRoute];
    const wrong: string[] = [];
    for (const pattern of reading.routes) {
      const matching = asked.filter(([route]) => pattern.test(route));
      expect(matching.length, String(pattern)).toBeGreaterThan(0);
      for (const [name, count] of matching) {
        const [method = "", route = ""] = name.split(" ");
        const poorer = reading.probe?.route.test(name) ? rowsOf(await run(reading, reading.probe.token)) : undefined;
        for (const lasts of [false, true]) {
          for (const fault of lasts ? lasting : once) {
            emulator.faults.clear();
            emulator.faults.add({ ...fault, method, route, ...(lasts ? { from: count } : { nth: count }) });
            const standard = { expected: [expectedOf(fault)], lasts, complete, poorer };
            const { kind, why } = judge(await run(reading), standard);
            totals[kind] += 1;
            if (kind === "wrong") wrong.push(`${fault.kind} ${lasts ? "from" : "at"} no. ${count} of ${name}: ${why}`);
          }
        }
      }
    }
    emulator.faults.clear();
    expect(wrong).toEqual([]);
  },
  300_000,
);

test("the matrix in numbers", () => {
  const cells = Object.values(totals).reduce((sum, count) => sum + count);
  process.stdout.write(`fault matrix of rights: ${cells} cells: ${JSON.stringify(totals)}\n`);
  expect(totals.wrong).toBe(0);
  expect(cells).toBeGreaterThan(200);
  expect(totals.complete).toBeGreaterThan(80);
  expect(totals["right code"]).toBeGreaterThan(80);
});
