import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { typeOptions } from "../../src/config/options.ts";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { selfSignedCertificate } from "../support/certificates.ts";
import { runCommand } from "../support/command.ts";
import { listenAnywhere } from "../support/proxy.ts";

const folder = mkdtempSync(join(tmpdir(), "connector-validate-"));
let emulator: Emulator;

beforeAll(async () => {
  const tokens = [{ token: "two-scopes-missing", scopes: ["vso.graph", "vso.project", "vso.security_manage"] }];
  emulator = await startEmulator({ users: 30, groups: 5, projects: 1, teamsPerProject: 1, tokens });
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const validate = (url: string, token: string, ...args: string[]) =>
  runCommand(["validate", "--organization-url", url, ...args], { AZURE_DEVOPS_EXT_PAT: token });

describe("validate", () => {
  test("shows each check with what is disabled and what to do, and ends with 0 when a sync can work", async () => {
    const roles = ["--permission-detail", "roles", ...Object.values(typeOptions).map(({ name }) => `--no-${name}`)];
    const { code, out } = await validate(emulator.url, "two-scopes-missing", "--sync-teams", ...roles);
    expect(code, out).toBe(0);
    for (const name of ["Member Entitlement Management (Read)", "Identity (Read)"]) {
      expect(out).toContain(`${name} is missing`);
      expect(out).toContain(`do: give the token the scope ${name}`);
    }
    expect(out).toMatch(/disables: memberships are read one group at a time/);
    expect(out).toMatch(/4 warnings, 0 failed, 14 skipped: syncs work, with what the warnings say/);
  });

  test("keeps a space between the columns, however long the name of a check is", async () => {
    const { out } = await validate(
      emulator.url,
      emulator.token,
      "--provisioning",
      "standard",
      "--entra-groups",
      "refuse",
    );
    const names = out.match(/^scope:\S+/gm) ?? [];
    expect(names).toContain("scope:vso.memberentitlementmanagement_write");
    for (const row of out.split("\n").filter((line) => line.startsWith("scope:")))
      expect(row).toMatch(/^scope:[a-z._]+ +(ok|warning|FAILED|skipped) /);
  });

  test("says which types are not listed for want of a scope, and how to leave them out", async () => {
    const { code, out } = await validate(emulator.url, "two-scopes-missing");
    expect(code, out).toBe(0);
    expect(out).toMatch(/disables: no environments are listed, and no roles on them/);
    expect(out).toMatch(/Environment \(Read & manage\), or leave them out with --no-sync-environments/);
    const without = await validate(emulator.url, "two-scopes-missing", "--no-sync-environments");
    expect(without.out).toMatch(/^scope:vso.environment_manage +skipped .*--sync-environments only/m);
  });

  test("ends with 1 when no sync can work, and tries nothing that cannot be tried", async () => {
    const { code, out } = await validate(emulator.url, "wrong");
    expect(code).toBe(1);
    expect(out).toMatch(/^organization +FAILED +GET \S+: status 401; check that the token is valid/m);
    expect(out).toMatch(/^visibility +skipped +not tried: organization failed/m);
  });

  test("is one JSON document where asked for", async () => {
    const { code, out } = await validate(emulator.url, emulator.token, "--format", "json");
    const { valid, findings } = JSON.parse(out);
    expect([code, valid]).toEqual([0, true]);
    expect(findings.map(({ check }: { check: string }) => check)).toContain("scope:vso.graph");
    const wrong = await validate(emulator.url, "wrong", "--format", "json");
    expect([wrong.code, JSON.parse(wrong.out).valid]).toEqual([1, false]);
    expect(JSON.parse(wrong.out).findings).toContainEqual(
      expect.objectContaining({ outcome: "failed", kind: "unauthenticated" }),
    );
  });

  test.each([
    ["https://dev.azure.com", /^url +FAILED .*has the form https:\/\/dev\.azure\.com\/\{organization\}/m],
    ["http://dev.azure.com/fabrikam", /^url +FAILED .*must begin with https/m],
    ["https://does-not-exist.invalid/fabrikam", /^dns +FAILED .*does not resolve.*check the organization URL/m],
    [
      "https://127.0.0.1:1/fabrikam",
      /^tls +FAILED .*127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\); check the network/m,
    ],
  ])("finds what is wrong with %s", async (url, says) => {
    const { code, out } = await validate(url, "any");
    expect(code).toBe(1);
    expect(out).toMatch(says);
  });

  test("finds a certificate that is not trusted, and with --ca-file one that is", async () => {
    const pair = await selfSignedCertificate();
    writeFileSync(join(folder, "ca.pem"), pair.cert);
    const server = createServer(pair, (_request, response) => response.writeHead(404).end());
    const port = await listenAnywhere(server);
    try {
      const url = `https://localhost:${port}/fabrikam`;
      const untrusted = await validate(url, "any");
      expect(untrusted.out).toMatch(/^tls +FAILED .*SELF_SIGNED_CERT.*--ca-file/m);
      const trusted = await validate(url, "any", "--ca-file", join(folder, "ca.pem"));
      expect(trusted.out).toMatch(/^tls +ok +TLSv1\.\d, certificate of localhost valid until \d{4}-/m);
      expect(trusted.out).toMatch(/^organization +FAILED .*status 404.*check the organization URL/m);
      expect([untrusted.code, trusted.code]).toEqual([1, 1]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("looks by itself at what is reached without the proxy", async () => {
    const proxied = ["--proxy", "http://127.0.0.1:1"];
    const direct = await validate("https://localhost:1/fabrikam", "any", ...proxied);
    expect(direct.out).toMatch(/^dns +ok +localhost is/m);
    expect(direct.out).toMatch(/^tls +FAILED .*localhost:1 cannot be reached/m);
    const through = await validate("https://fabrikam.invalid/fabrikam", "any", ...proxied);
    expect(through.out).toMatch(/^dns +skipped +the proxy resolves names/m);
  });

  test("misused ends with 2", async () => {
    expect((await runCommand(["validate"])).code).toBe(2);
  });
});
