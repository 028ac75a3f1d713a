import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EmulatorWithEntra } from "../../src/emulator/index.ts";
import { runCommand } from "../support/command.ts";
import { askEntra, postForm, startWithEntra } from "../support/entra.ts";
import { login } from "../support/login.ts";

/** People who sign in to an Entra that answers as the real one does, and the platform that hands over what it got. */

let emulator: EmulatorWithEntra;
let folder = "";
let store = "";
beforeAll(async () => {
  emulator = await startWithEntra();
  folder = mkdtempSync(join(tmpdir(), "sign-in-"));
  writeFileSync(join(folder, "ca.pem"), emulator.entra.caPem);
  writeFileSync(join(folder, "passphrase"), "correct horse battery staple");
});
beforeEach(() => {
  store = join(folder, randomUUID(), "login");
  emulator.entra.browser.declines = false;
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const ca = () => ["--ca-file", join(folder, "ca.pem")];
const kept = () => ["--login-file", store, "--login-passphrase-file", join(folder, "passphrase")];

function signInFlags(): string[] {
  const { applications, authorityHost, tenantId } = emulator.entra;
  const application = ["--azure-tenant-id", tenantId, "--azure-client-id", applications.publicClient.clientId];
  return [...application, "--authority-host", authorityHost, ...ca(), ...kept()];
}

const validate = (credential: readonly string[]) =>
  runCommand(["validate", "--organization-url", emulator.url, "--permission-detail", "roles", ...ca(), ...credential]);

/** Goes where the page leads: the emulated browser is signed in. */
async function browse(page: string): Promise<void> {
  const { headers } = await askEntra(emulator, page);
  await fetch(headers.get("location") ?? "");
}

describe("a person", () => {
  test("signs in with a browser, and validate tells who it is, again after the token was revoked", async () => {
    const { code, out, err } = await login(signInFlags(), browse);
    expect([code, err]).toEqual([0, expect.stringContaining("open this address")]);
    expect(out).toContain(`signed in as ${emulator.entra.browser.principalName}`);
    const first = readFileSync(store, "utf8");
    for (const _ of [1, 2]) {
      emulator.entra.expireAccessTokens();
      const validated = await validate(["--auth", "login", ...kept()]);
      expect(validated.out).toMatch(/^credential +ok +a login that is kept here: application .* on behalf of .*@/m);
      expect(validated.out).toContain("(an Entra user)");
    }
    expect(readFileSync(store, "utf8")).not.toBe(first);
  });

  test("signs in with a device code", async () => {
    const answer = async (userCode: string) => emulator.entra.answerDevice(userCode);
    const { code, out } = await login(["--device-code", ...signInFlags()], answer, /\b([A-Z0-9]{8,9})\b/);
    expect([code, out]).toEqual([0, expect.stringContaining("signed in as")]);
    expect((await validate(["--auth", "login", ...kept()])).out).toMatch(/^credential +ok/m);
  });

  test("who declines is told so, on a device and in a browser", async () => {
    const decline = async (userCode: string) => emulator.entra.answerDevice(userCode, "decline");
    const onDevice = await login(["--device-code", ...signInFlags()], decline, /\b([A-Z0-9]{8,9})\b/);
    expect([onDevice.code, onDevice.err]).toEqual([1, expect.stringMatching(/the sign-in was declined/)]);
    emulator.entra.browser.declines = true;
    const inBrowser = await login(signInFlags(), browse);
    expect([inBrowser.code, inBrowser.err]).toEqual([1, expect.stringMatching(/access_denied/)]);
    expect(existsSync(store)).toBe(false);
  });

  test("whose administrator has not consented is told what to do", async () => {
    const { consented } = emulator.entra.applications.publicClient;
    consented.delete("vso.profile");
    const { code, err } = await login(signInFlags(), browse);
    expect([code, err]).toEqual([1, expect.stringMatching(/65001.*administrator/)]);
    const onDevice = await runCommand(["login", "--device-code", ...signInFlags()]);
    expect([onDevice.code, onDevice.err]).toEqual([1, expect.stringMatching(/65001/)]);
    expect(onDevice.err).toMatch(/^azure-devops-connector: no access token for Azure DevOps: consent is missing/);
    consented.add("vso.profile");
  });

  test("signs in to make changes", async () => {
    const { code, err } = await login([...signInFlags(), "--for", "provisioning"], browse);
    expect([code, err]).toEqual([0, expect.stringContaining("open this address")]);
  });

  test("whose sign-in was ended must sign in again", async () => {
    await login(signInFlags(), browse);
    emulator.entra.revokeRefreshTokens();
    const { code, out } = await validate(["--auth", "login", ...kept()]);
    expect([code, out]).toEqual([1, expect.stringMatching(/credential +FAILED.*sign in again \(`login`\)/)]);
    expect(out).toContain("AADSTS50173");
  });
});

describe("a refresh token that a platform hands over", () => {
  /** As the platform gets it, for the web application that people signed in to there. */
  async function handedOver(): Promise<string> {
    const { applications } = emulator.entra;
    const { clientId, secret } = applications.connector;
    const redirect = "http://localhost";
    const scope = "499b84ac-1321-427f-aa17-267ca6975798/user_impersonation offline_access openid";
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirect, response_type: "code", scope });
    const page = await askEntra(emulator, `/${emulator.entra.tenantId}/oauth2/v2.0/authorize?${query}`);
    const code = new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "";
    const proof = { client_id: clientId, client_secret: secret, grant_type: "authorization_code" };
    const { body } = await postForm(emulator, "token", { ...proof, code, redirect_uri: redirect, scope });
    return String(body.refresh_token);
  }

  test("reads the organization as the person, with the secret of the application", async () => {
    const { applications, authorityHost, tenantId } = emulator.entra;
    const { clientId, secret } = applications.connector;
    const refreshToken = await handedOver();
    writeFileSync(join(folder, "refresh"), refreshToken);
    writeFileSync(join(folder, "secret"), secret);
    const application = ["--azure-tenant-id", tenantId, "--azure-client-id", clientId];
    const files = [
      "--refresh-token-file",
      join(folder, "refresh"),
      "--azure-client-secret-file",
      join(folder, "secret"),
    ];
    const { out, err } = await validate([...application, "--authority-host", authorityHost, ...files]);
    expect(out).toMatch(/^credential +ok +a refresh token that was handed over: application .* on behalf of/m);
    expect(out).toContain("(an Entra user)");
    for (const hidden of [refreshToken, secret]) expect(out + err).not.toContain(hidden);
  });
});
