import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { afterEach, describe, expect, test } from "vitest";
import {
  type ValidationFinding,
  ValidationFindingsSchema,
  ValidationOutcome,
} from "../../gen/azuredevops/connector/v1/validation_pb.js";
import { ConnectorService } from "../../gen/c1/connector/v2/connector_pb.js";
import { StatusSchema } from "../../gen/google/rpc/status_pb.js";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { type Replica, type ReplicaOptions, startWorld, type World } from "../support/world.ts";

/** Validate over a socket: what it finds, when it fails, and with what. */

const { OK, WARNING, FAILED, SKIPPED } = ValidationOutcome;
const membershipScopes = [
  "vso.graph",
  "vso.project",
  "vso.memberentitlementmanagement",
  "vso.identity",
  "vso.security_manage",
];
/** What permissions and the types that can be left out need besides. */
const permissionScopes = [
  "vso.code",
  "vso.agentpools",
  "vso.environment_manage",
  "vso.serviceendpoint",
  "vso.variablegroups_read",
  "vso.securefiles_read",
  "vso.packaging",
  "vso.tokenadministration",
];
/** What changes need, which nothing can try. */
const changeScopes = [
  "vso.graph_manage",
  "vso.memberentitlementmanagement_write",
  "vso.packaging_manage",
  "vso.profile",
];
const scopes = [...membershipScopes, ...permissionScopes];
const everything = { permissionDetail: "standard", optionalTypes, personalAccessTokens: "all" } as const;

let world: World;
afterEach(() => world.close());

interface Told {
  readonly code: number;
  readonly message: string;
  readonly findings: readonly ValidationFinding[];
}

async function validated(replica: Replica): Promise<Told> {
  try {
    const { annotations } = await replica.call(ConnectorService.method.validate, {});
    return { code: 0, message: "", findings: findingsIn(annotations) };
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || !("metadata" in error)) throw error;
    const { code, metadata, message } = error as Error & { code: number; metadata: { get(name: string): unknown[] } };
    const [bytes] = metadata.get("grpc-status-details-bin");
    const details = Buffer.isBuffer(bytes) ? fromBinary(StatusSchema, bytes).details : [];
    return { code, message, findings: findingsIn(details) };
  }
}

const findingsIn = (anys: Parameters<typeof anyUnpack>[0][]) =>
  anys.flatMap((any) => anyUnpack(any, ValidationFindingsSchema)?.findings ?? []);

async function validate(options: EmulatorOptions = {}, replica: ReplicaOptions = {}): Promise<Told> {
  world = await startWorld(options);
  return validated(await world.replica(replica));
}

const outcomesOf = ({ findings }: Told) => Object.fromEntries(findings.map(({ check, outcome }) => [check, outcome]));
const beliefs = { aclReadScope: "security-manage" } as const;
const withScopes = (...own: string[]): EmulatorOptions => ({ beliefs, tokens: [{ token: "own", scopes: own }] });
const finding = ({ findings }: Told, check: string) => findings.find((each) => each.check === check);

describe("a validation", () => {
  test("tells every check of an organization that is well, in order", async () => {
    const told = await validate({}, { sync: everything });
    expect(told.code).toBe(0);
    expect(outcomesOf(told)).toEqual({
      url: OK,
      credential: WARNING, // An emulator's tokens have no form.
      dates: expect.anything(),
      dns: SKIPPED,
      tls: SKIPPED,
      organization: OK,
      clock: OK,
      ...Object.fromEntries(scopes.map((scope) => [`scope:${scope}`, OK])),
      ...Object.fromEntries(changeScopes.map((scope) => [`scope:${scope}`, SKIPPED])),
      visibility: OK,
      "rate-limit": OK,
    });
    expect(finding(told, "organization")?.detail).toMatch(
      /Azure DevOps Services, backed by the Entra tenant [0-9a-f-]{36}/,
    );
  });

  test.each(scopes)(
    "finds that %s is missing, says what that disables, and fails where no sync can do without",
    async (missing) => {
      const own = withScopes(...scopes.filter((scope) => scope !== missing));
      const told = await validate(own, { token: "own", sync: everything });
      const needed = ["vso.graph", "vso.project"].includes(missing);
      const others = scopes.filter((scope) => scope !== missing).map((scope) => [`scope:${scope}`, OK]);
      expect(outcomesOf(told)).toMatchObject({
        ...Object.fromEntries(others),
        [`scope:${missing}`]: needed ? FAILED : WARNING,
      });
      const { disables, remedy, detail } = finding(told, `scope:${missing}`) ?? {};
      expect([disables, remedy]).toEqual([
        expect.stringMatching(/\w/),
        expect.stringMatching(/give the token the scope/),
      ]);
      expect(told.code).toBe(needed ? 7 : 0);
      expect(told.message).toContain(needed ? detail : "");
    },
  );

  test.each([
    ["vso.profile", OK, undefined],
    ["vso.identity", WARNING, /Azure DevOps alone keeps the owner from being removed/],
  ])("with changes tries whether the owner is told, given %s", async (scope, outcome, disables) => {
    const own = { token: "own", provisioning: "standard", changes: { entraGroupsDecided: true } } as const;
    const told = await validate(withScopes(...membershipScopes, scope), own);
    expect(told.code).toBe(0);
    const profile = finding(told, "scope:vso.profile");
    expect(profile?.outcome).toBe(outcome);
    expect(profile?.detail).not.toContain("first change");
    if (disables) expect(profile?.disables).toMatch(disables);
  });

  test("asks for no scope of what is not listed", async () => {
    const told = await validate(withScopes(...membershipScopes), { token: "own" });
    expect(told.code).toBe(0);
    expect(outcomesOf(told)).toMatchObject({
      ...Object.fromEntries(membershipScopes.map((scope) => [`scope:${scope}`, OK])),
      ...Object.fromEntries(permissionScopes.map((scope) => [`scope:${scope}`, SKIPPED])),
    });
    const asked = [...world.emulator.requests.byRoute.keys()].join();
    expect(asked).not.toMatch(/git|distributedtask|environments|serviceendpoint|packaging/);
  });

  test.each(["401", "403", "sign-in"] as const)(
    "tells a missing scope from a bad token when it is told by %s",
    async (missingScope) => {
      const options = { ...withScopes("vso.graph", "vso.project"), beliefs: { ...beliefs, missingScope } };
      const told = await validate(options, { token: "own" });
      expect(told.code).toBe(0);
      expect(told.findings.filter(({ outcome }) => outcome === WARNING).map(({ check }) => check)).toEqual(
        expect.arrayContaining([
          "scope:vso.identity",
          "scope:vso.memberentitlementmanagement",
          "scope:vso.security_manage",
        ]),
      );
    },
  );

  test("with a token that is wrong is UNAUTHENTICATED, and what it could not try is skipped", async () => {
    const told = await validate({}, { token: "wrong" });
    expect(told).toMatchObject({
      code: 16,
      message: expect.stringMatching(/status 401; check that the token is valid/),
    });
    expect(outcomesOf(told)).toMatchObject({ organization: FAILED, scopes: SKIPPED, visibility: SKIPPED });
  });

  test("tries again by itself what fails for a while", async () => {
    const told = await validate({
      faults: [{ kind: "server-error", route: "_apis/connectionData", from: 1, times: 4 }],
    });
    expect(told.code).toBe(0);
    expect(world.emulator.requests.count("GET _apis/connectionData")).toBeGreaterThan(4);
  });

  test("gives up what does not get better, with the right code", async () => {
    const faults = [{ kind: "server-error", route: "_apis/connectionData" }];
    const told = await validate({ faults }, { validationPatienceMs: 50 });
    expect(told).toMatchObject({
      code: 14,
      message: expect.stringMatching(/GET connectionData: status 500.*try again/),
    });
  });

  test("says how near the rate limit is", async () => {
    const told = await validate({ throttle: { limitUnits: 11, windowMs: 60_000 } });
    expect(finding(told, "rate-limit")).toMatchObject({
      outcome: WARNING,
      detail: expect.stringMatching(/units of Core are left until/),
    });
  });

  test("warns of an owner from whom a part of the organization is hidden", async () => {
    const told = await validate({ limitedVisibility: true, users: 60, groups: 10 });
    expect(told.code).toBe(0);
    expect(finding(told, "visibility")).toMatchObject({
      outcome: WARNING,
      disables: expect.stringMatching(/looks like removed/),
      remedy: expect.stringMatching(/Project-Scoped Users/),
    });
  });

  test("cannot tell visibility without the right to read it, and says so", async () => {
    const told = await validate(withScopes("vso.graph", "vso.project"), { token: "own" });
    expect(finding(told, "visibility")).toMatchObject({
      outcome: WARNING,
      detail: expect.stringMatching(/cannot be found out: GET accesscontrollists/),
    });
  });

  test("tells a server from the service, and what is not there", async () => {
    const told = await validate({ deployment: "onPremises", hostStyle: "single" });
    expect(finding(told, "organization")).toMatchObject({ outcome: WARNING, detail: expect.stringMatching(/Server/) });
    expect(outcomesOf(told)).toMatchObject({
      "scope:vso.graph": FAILED,
      "scope:vso.memberentitlementmanagement": WARNING,
    });
    expect(told).toMatchObject({ code: 9, message: expect.stringMatching(/check the organization URL/) });
  });

  test("tells an organization that is not backed by Entra", async () => {
    const { code, findings } = await validate({ entra: false });
    expect(code).toBe(0);
    expect(findings.find(({ check }) => check === "organization")?.detail).toMatch(
      /not backed by Entra.*a Microsoft account/,
    );
  });

  test.each([
    [600, WARNING, /clock is (59\d|60\d) s behind/],
    [-600, WARNING, /clock is (59\d|60\d) s ahead of/],
    [30, OK, /agrees/],
  ])("compares the clocks: an answer whose date is %i s off", async (seconds, outcome, detail) => {
    const told = await validate({ faults: [{ kind: "clock-skew", seconds }] });
    expect(finding(told, "clock")).toMatchObject({ outcome, detail: expect.stringMatching(detail) });
  });
});
