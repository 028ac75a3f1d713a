import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type App, createApp } from "../../src/app.ts";
import { createCredential } from "../../src/azure-devops/auth/index.ts";
import type { CredentialOptions } from "../../src/azure-devops/auth/options.ts";
import type { EmulatorWithEntra } from "../../src/emulator/index.ts";
import { Secret } from "../../src/secret.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import type { Finding } from "../../src/validation/finding.ts";
import { failureFrom, testCall } from "../support/calls.ts";
import { startWithEntra } from "../support/entra.ts";
import { membershipsOnly } from "../support/sync-options.ts";

/** The connector with every kind of credential, against an Entra that answers as the real one does. */

let emulator: EmulatorWithEntra;
let folder = "";
const apps: (() => Promise<void>)[] = [];
beforeAll(async () => {
  emulator = await startWithEntra();
  folder = mkdtempSync(join(tmpdir(), "credentials-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  emulator.entra.failures.clear();
  for (const close of apps.splice(0)) await close();
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

function start(options: CredentialOptions): App {
  const { caPem } = emulator.entra;
  const credential = createCredential(options, { caPem, log: silentLog });
  const app = createApp({
    organizationUrl: emulator.url,
    credential,
    listing: "type-scoped",
    syncTeams: true,
    syncOrganizations: true,
    ...membershipsOnly,
    log: silentLog,
    retry: { maxTries: 2, baseMs: 1, maxMs: 2 },
    validationPatienceMs: 1,
  });
  apps.push(async () => {
    await app.close();
    await credential.close();
  });
  return app;
}

const tenant = () => ({ tenantId: emulator.entra.tenantId, authorityHost: emulator.entra.authorityHost });
const connector = () => ({ ...tenant(), clientId: emulator.entra.applications.connector.clientId });
const given = (text: string) => ({ value: new Secret(text) });

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const withSecret = (): CredentialOptions => ({
  kind: "client-secret",
  ...connector(),
  clientSecret: given(emulator.entra.applications.connector.secret),
});

const kinds: Readonly<Record<string, () => Promise<CredentialOptions> | CredentialOptions>> = {
  "client-secret": withSecret,
  certificate: async () => ({
    kind: "certificate",
    ...connector(),
    file: written("app.pem", await emulator.entra.createClientCertificate()),
  }),
  "workload-identity": async () => ({
    kind: "workload-identity",
    ...connector(),
    tokenFile: written("projected", await emulator.entra.projectToken()),
  }),
  "managed-identity": () => {
    const { podIdentityAuthorityHost } = emulator.entra.managedIdentity;
    vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", podIdentityAuthorityHost);
    return { kind: "managed-identity" };
  },
};

async function findingsOf(app: App): Promise<ReadonlyMap<string, Finding>> {
  const findings = new Map<string, Finding>();
  for await (const finding of app.validate(testCall())) findings.set(finding.check, finding);
  return findings;
}

describe.each(Object.entries(kinds))("with %s", (kind, options) => {
  test("the organization is read, and validate tells who it is", async () => {
    const app = start(await options());
    const { items } = await app.client.graph.listUsers("", testCall());
    expect(items.length).toBeGreaterThan(0);
    const findings = await findingsOf(app);
    const { connector: application, managedIdentity } = emulator.entra.applications;
    const { clientId } = kind === "managed-identity" ? managedIdentity : application;
    expect(findings.get("credential")).toMatchObject({
      outcome: "ok",
      detail: expect.stringMatching(
        new RegExp(`application ${clientId} in tenant ${emulator.entra.tenantId}, until 20.*by itself.*no scopes`),
      ),
    });
    expect(findings.get("organization")).toMatchObject({
      outcome: "ok",
      detail: expect.stringContaining("(a service principal)"),
    });
    expect([...findings.values()].filter(({ outcome }) => outcome === "failed")).toEqual([]);
  });
});

describe("a token", () => {
  test("is asked for once however much is read, and renewed when it was revoked halfway", async () => {
    const app = start(withSecret());
    const before = tokenRequests();
    await Promise.all(Array.from({ length: 20 }, () => app.client.graph.listGroups("", testCall())));
    expect(tokenRequests() - before).toBe(1);
    emulator.entra.expireAccessTokens();
    const users = await Promise.all(Array.from({ length: 20 }, () => app.client.graph.listUsers("", testCall())));
    expect(users.every(({ items }) => items.length > 0)).toBe(true);
    expect(tokenRequests() - before).toBe(2);
  });

  test("that cannot be had for a moment is asked for again", async () => {
    emulator.entra.failures.add({ path: "/token", status: 503, times: 1 });
    const { items } = await start(withSecret()).client.core.listProjects("all", "", testCall());
    expect(items.length).toBeGreaterThan(0);
  });
});

const tokenRequests = () =>
  [...emulator.entra.requests.byRoute].reduce((sum, [route, count]) => sum + (route.endsWith("/token") ? count : 0), 0);

describe("what is wrong is told with the remedy:", () => {
  const wrong: readonly (readonly [string, () => CredentialOptions, string, RegExp])[] = [
    [
      "another secret",
      () => ({ kind: "client-secret", ...connector(), clientSecret: given("n0t-the-secret") }),
      "unauthenticated",
      /AADSTS7000215/,
    ],
    [
      "an unknown application",
      () => ({
        kind: "client-secret",
        ...tenant(),
        clientId: "00000000-1111-2222-3333-444444444444",
        clientSecret: given("s3cret"),
      }),
      "unauthenticated",
      /not in this tenant.*AADSTS700016/,
    ],
    [
      "an unknown tenant",
      () => ({
        kind: "client-secret",
        ...connector(),
        tenantId: "00000000-1111-2222-3333-444444444444",
        clientSecret: given("s3cret"),
      }),
      "unauthenticated",
      /no such tenant; check --azure-tenant-id/,
    ],
    [
      "a token of another issuer's",
      () => ({ kind: "workload-identity", ...connector(), tokenFile: written("foreign", "eyJhbGciOiJub25lIn0.e30.") }),
      "unauthenticated",
      /no access token for Azure DevOps/,
    ],
    [
      "an application that is not in the organization",
      () => {
        const { clientId, secret } = emulator.entra.applications.stranger;
        return { kind: "client-secret", ...tenant(), clientId, clientSecret: given(secret) };
      },
      "refused",
      /TF401444.*object id of its enterprise application/,
    ],
  ];

  test.each(wrong)("%s", async (_, options, kind, told) => {
    const app = start(options());
    const failure = await failureFrom(app.client.graph.listUsers("", testCall()));
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(told) });
    const findings = await findingsOf(app);
    const failed = [...findings.values()].find(({ outcome }) => outcome === "failed");
    expect(failed?.detail).toMatch(told);
    expect(failed?.detail).not.toContain("n0t-the-secret");
  });
});

describe("a second audience", () => {
  test("is had by an application, with the roles that it was granted", async () => {
    const credential = createCredential(withSecret(), { caPem: emulator.entra.caPem, log: silentLog });
    const header = await credential.forResource?.("https://graph.microsoft.com").authorization(testCall().signal);
    const claims = JSON.parse(Buffer.from(header?.split(".")[1] ?? "", "base64url").toString());
    expect(claims.roles).toContain("GroupMember.ReadWrite.All");
    await credential.close();
  });
});
