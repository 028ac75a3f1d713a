import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorizationCodeCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DeviceCodeCredential,
  InteractiveBrowserCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { decodeJwt } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { EmulatorWithEntra } from "../../../src/emulator/index.ts";
import { subjectAt } from "../../../src/emulator/index.ts";
import { writeBrowser } from "../../support/browser.ts";
import { ask, askEntra, azureDevOpsScope, identityOptions, startWithEntra, tokenOf } from "../../support/entra.ts";

/** Microsoft's own library, as it is, gets tokens in every way, and reads the organization with each. */

let emulator: EmulatorWithEntra;
let folder = "";
beforeAll(async () => {
  emulator = await startWithEntra();
  folder = await mkdtemp(join(tmpdir(), "entra-"));
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Whom the organization takes a token for; reading projects is allowed to them. */
async function readAs(token: string, from = emulator): Promise<unknown> {
  const projects = await ask(from, token, "_apis/projects");
  expect([projects.status, projects.headers.get("content-type")]).toEqual([200, expect.stringContaining("json")]);
  const body: unknown = await (await ask(from, token, "_apis/connectionData")).json();
  return body;
}

const asPrincipal = (principalName: string) => ({
  authenticatedUser: { properties: { Account: { $value: principalName } } },
});

const connector = () => {
  const { applications, tenantId } = emulator.entra;
  return { ...applications.connector, tenantId };
};

describe("an application gets a token by", () => {
  test("its client secret", async () => {
    const { clientId, objectId, secret, tenantId } = connector();
    const token = await tokenOf(new ClientSecretCredential(tenantId, clientId, secret, identityOptions(emulator)));
    expect(await readAs(token)).toMatchObject(asPrincipal(objectId));
    const claims = {
      appid: clientId,
      oid: objectId,
      tid: tenantId,
      idtyp: "app",
      aud: expect.stringMatching(/^499b84ac/),
    };
    expect(decodeJwt(token)).toMatchObject(claims);
    expect(decodeJwt(token)).not.toHaveProperty("scp");
  });

  test("its certificate", async () => {
    const { clientId, objectId, tenantId } = connector();
    const certificate = await emulator.entra.createClientCertificate();
    const credential = new ClientCertificateCredential(tenantId, clientId, { certificate }, identityOptions(emulator));
    expect(await readAs(await tokenOf(credential))).toMatchObject(asPrincipal(objectId));
  });

  test("the token of its service account", async () => {
    const { clientId, objectId, tenantId } = connector();
    const tokenFilePath = join(folder, "token");
    await writeFile(tokenFilePath, await emulator.entra.projectToken());
    const options = { ...identityOptions(emulator), clientId, tenantId, tokenFilePath };
    expect(await readAs(await tokenOf(new WorkloadIdentityCredential(options)))).toMatchObject(asPrincipal(objectId));
  });

  test("the managed identity of a web app", async () => {
    const { applications, managedIdentity } = emulator.entra;
    vi.stubEnv("IDENTITY_ENDPOINT", managedIdentity.identityEndpoint);
    vi.stubEnv("IDENTITY_HEADER", managedIdentity.identityHeader);
    const { clientId, objectId } = applications.managedIdentity;
    expect(await readAs(await tokenOf(new ManagedIdentityCredential()))).toMatchObject(asPrincipal(objectId));
    expect(await readAs(await tokenOf(new ManagedIdentityCredential({ clientId })))).toMatchObject(
      asPrincipal(objectId),
    );
  });

  test("the managed identity of a virtual machine", async () => {
    const { applications, managedIdentity } = emulator.entra;
    vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", managedIdentity.podIdentityAuthorityHost);
    const { clientId, objectId } = applications.managedIdentity;
    const credential = new ManagedIdentityCredential({ clientId });
    expect(await readAs(await tokenOf(credential))).toMatchObject(asPrincipal(objectId));
  });
});

describe("a person signs in by", () => {
  test("a device code", async () => {
    const { answerDevice, applications, browser, tenantId } = emulator.entra;
    const credential = new DeviceCodeCredential({
      ...identityOptions(emulator),
      tenantId,
      clientId: applications.publicClient.clientId,
      userPromptCallback: ({ message, userCode }) => {
        expect(message).toContain(userCode);
        setTimeout(() => answerDevice(userCode), 60);
      },
    });
    const token = await tokenOf(credential);
    expect(await readAs(token)).toMatchObject(asPrincipal(browser.principalName));
    const { originId } = subjectAt(emulator.state, emulator.state.caller);
    expect(decodeJwt(token)).toMatchObject({
      oid: originId,
      idtyp: "user",
      scp: expect.stringContaining("user_impersonation"),
    });
    const { requests } = emulator.entra;
    expect(requests.count("POST /{tenant}/oauth2/v2.0/token")).toBeGreaterThan(2);
  });

  test("an authorization code that a web application was handed", async () => {
    const { browser, tenantId } = emulator.entra;
    const { clientId, secret } = connector();
    const redirectUri = "http://localhost:1";
    const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, scope: azureDevOpsScope });
    query.set("response_type", "code");
    const { headers } = await askEntra(emulator, `/${tenantId}/oauth2/v2.0/authorize?${query}`);
    const code = new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
    const options = identityOptions(emulator);
    const credential = new AuthorizationCodeCredential(tenantId, clientId, secret, code, redirectUri, options);
    expect(await readAs(await tokenOf(credential))).toMatchObject(asPrincipal(browser.principalName));
  });

  test("a browser, with PKCE, and stays signed in by the refresh token", async () => {
    // The library takes a token that ends within five minutes for one that has ended.
    await using brief = await startWithEntra({ tokenLifetimeMs: 60_000 });
    const { applications, browser, caPem, requests, tenantId } = brief.entra;
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, caPem);
    vi.stubEnv("NODE_EXTRA_CA_CERTS", caFile);
    vi.stubEnv("BROWSER", await writeBrowser(folder));
    const { clientId } = applications.publicClient;
    const credential = new InteractiveBrowserCredential({ ...identityOptions(brief), tenantId, clientId });
    const [first, second] = [await tokenOf(credential), await tokenOf(credential)];
    expect(second).not.toBe(first);
    expect(await readAs(second, brief)).toMatchObject(asPrincipal(browser.principalName));
    expect(requests.count("GET /{tenant}/oauth2/v2.0/authorize")).toBe(1);
    expect(requests.count("POST /{tenant}/oauth2/v2.0/token")).toBe(2);
  });
});
