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
import { type Replica, type ReplicaOptions, startWorld, type World } from "../support/world.ts";

/** Validate over a socket: what it finds, when it fails, and with what. */

const { OK, WARNING, FAILED, SKIPPED } = ValidationOutcome;
const scopes = ["vso.graph", "vso.project", "vso.memberentitlementmanagement", "vso.identity", "vso.security_manage"];

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
    const told = await validate();
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
      const told = await validate(withScopes(...scopes.filter((scope) => scope !== missing)), { token: "own" });
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
    const told = await validate({ throttle: { limitUnits: 9, windowMs: 60_000 } });
    expect(finding(told, "rate-limit")).toMatchObject({
      outcome: WARNING,
      detail: expect.stringMatching(/units of Core are left until/),
    });
  });
});
