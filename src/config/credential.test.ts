import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { unusedCredentialOption } from "./credential.ts";
import { clientIdOption, credentialOptions, patFileOption, refreshTokenOption } from "./credential-options.ts";
import { loadConnectorConfig } from "./load.ts";
import { type Environment, type Flags, loadSettings } from "./settings.ts";

const tenantId = "11111111-2222-3333-4444-555555555555";
const clientId = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
const secret = "s3cret~of-the-application";
const needed: Flags = { "organization-url": "https://dev.azure.com/fabrikam" };
const entra: Flags = { "azure-tenant-id": tenantId, "azure-client-id": clientId };
const application = { tenantId, clientId, authorityHost: "https://login.microsoftonline.com" };

let folder = "";
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "connector-credential-"));
  for (const name of ["secret", "certificate", "password", "token", "pat"]) writeFileSync(file(name), `${secret}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (flags: Flags, env: Environment = {}) =>
  loadConnectorConfig(loadSettings({ ...needed, ...flags }, env)).credential;
const failureOf = (flags: Flags, env: Environment = {}) => thrownBy(() => load(flags, env)).message;

describe("the credential that is configured", () => {
  test.each([
    ["client-secret", { "azure-client-secret-file": "secret" }, { ...application }],
    ["certificate", { "azure-client-certificate-file": "certificate" }, { ...application }],
    ["workload-identity", { "azure-federated-token-file": "token" }, { ...application }],
    ["refresh-token", { "refresh-token-file": "token" }, { ...application }],
    ["refresh-token", { "refresh-token-file": "token", "azure-client-secret-file": "secret" }, { ...application }],
  ] as const)("is %s by its own options", (kind, files, shown) => {
    const flags = Object.fromEntries(Object.entries(files).map(([name, of]) => [name, file(of)]));
    expect(load({ ...entra, ...flags })).toMatchObject({ kind, ...shown });
  });

  test.each([
    ["AZURE", { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret }],
    ["BATON", { BATON_AZURE_TENANT_ID: tenantId, BATON_AZURE_CLIENT_ID: clientId, BATON_AZURE_CLIENT_SECRET: secret }],
  ])("is a client secret by the names of other tools: %s", (_, env) => {
    const credential = load({}, env);
    expect(credential).toMatchObject({ kind: "client-secret", ...application });
    expect("clientSecret" in credential && credential.clientSecret?.value.reveal()).toBe(secret);
    expect(inspect(credential, { depth: 9, showHidden: true })).not.toContain(secret);
  });

  test("is what Kubernetes projects, by the names that it sets", () => {
    const env = {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_FEDERATED_TOKEN_FILE: file("token"),
      AZURE_AUTHORITY_HOST: "https://login.microsoftonline.us/",
    };
    expect(load({}, env)).toEqual({
      kind: "workload-identity",
      tenantId,
      clientId,
      authorityHost: "https://login.microsoftonline.us",
      tokenFile: file("token"),
    });
  });

  test("of the file's own key names is taken too", () => {
    const yaml = file("connector.yaml");
    const lines = [`azure-tenant-id: ${tenantId}`, `azure-client-id: ${clientId}`, `azure-client-secret: ${secret}`];
    writeFileSync(yaml, lines.join("\n"), { mode: 0o600 });
    expect(load({ config: yaml })).toMatchObject({ kind: "client-secret", ...application });
  });

  test("is a managed identity when that is said, with or without an id", () => {
    expect(load({ auth: "managed-identity" })).toEqual({ kind: "managed-identity", clientId: undefined });
    expect(load({ auth: "managed-identity", "azure-client-id": clientId })).toEqual({
      kind: "managed-identity",
      clientId,
    });
  });
});

describe("two credentials", () => {
  const both = {
    AZURE_DEVOPS_EXT_PAT: "t0k3n",
    AZURE_CLIENT_SECRET: secret,
    AZURE_TENANT_ID: tenantId,
    AZURE_CLIENT_ID: clientId,
  };

  test("from one place are an error that names both and the way out", () => {
    expect(failureOf({}, both)).toBe(
      "give AZURE_DEVOPS_EXT_PAT or AZURE_CLIENT_SECRET, not both; or say with --auth which is meant: pat or client-secret",
    );
    expect(load({ auth: "pat" }, both).kind).toBe("personal-access-token");
    expect(load({}, { ...both, AZURE_DEVOPS_CONNECTOR_AUTH: "client-secret" }).kind).toBe("client-secret");
  });

  test("from two places are the one from the higher", () => {
    expect(load({ "pat-file": file("pat") }, both).kind).toBe("personal-access-token");
  });

  test("of which a cluster set the higher one for all are an error: that one was perhaps never meant", () => {
    const yaml = file("pat.yaml");
    writeFileSync(yaml, `pat-file: ${file("pat")}\n`);
    const env = { AZURE_FEDERATED_TOKEN_FILE: file("token"), AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId };
    expect(failureOf({ config: yaml }, env)).toContain("--auth which is meant: pat or workload-identity");
  });
});

describe("what is missing or wrong", () => {
  test.each([
    [
      { auth: "client-secret", ...entra },
      /--auth client-secret needs --azure-client-secret-file, or .*AZURE_CLIENT_SECRET/,
    ],
    [{ auth: "pat" }, /--auth pat needs --pat-file/],
    [{ auth: "bearer" }, /--auth bearer needs --bearer-token-file/],
    [{ auth: "certificate", ...entra }, /needs --azure-client-certificate-file/],
    [{ auth: "workload-identity", ...entra }, /needs --azure-federated-token-file/],
    [{ auth: "refresh-token", "azure-client-id": clientId }, /needs --azure-tenant-id \(.*AZURE_TENANT_ID/],
    [{ auth: "refresh-token", ...entra }, /--auth refresh-token needs --refresh-token-file/],
    [
      { auth: "certificate", ...entra, "azure-client-certificate-file": "/absent" },
      /\/absent cannot be read \(ENOENT\)/,
    ],
    [{ "azure-client-id": secret }, /--azure-client-id must be an id such as/],
    [{ "azure-tenant-id": "has spaces in it" }, /--azure-tenant-id must be an id/],
    [{ "authority-host": "http://login.example" }, /--authority-host must be a URL that begins with https/],
    [{ auth: "kerberos" }, /--auth must be one of pat, bearer/],
  ] as const)("%j is told by name", (flags, told) => {
    const message = failureOf(flags);
    expect(message).toMatch(told);
    expect(message).not.toContain(secret);
  });

  test("a secret of two lines is refused without showing it", () => {
    const env = { AZURE_CLIENT_SECRET: `${secret}\n${secret}` };
    const message = failureOf({ ...entra }, env);
    expect(message).toMatch(/AZURE_CLIENT_SECRET: the secret has 2 lines; give the secret alone/);
    expect(message).not.toContain(secret);
  });
});

test("what is given and not used is said", () => {
  const flags = { "pat-file": file("pat"), "azure-client-id": clientId };
  const settings = loadSettings(flags, { AZURE_DEVOPS_CONNECTOR_REFRESH_TOKEN: "some" });
  expect(unusedCredentialOption(settings, refreshTokenOption)).toBe("not used: pat-file is");
  expect(unusedCredentialOption(settings, clientIdOption)).toBe("not used: pat-file is");
  expect(unusedCredentialOption(settings, patFileOption)).toBeUndefined();
});

test("no secret of a credential has a flag", () => {
  expect(credentialOptions.filter(({ secret: isSecret, noFlag }) => isSecret && !noFlag)).toEqual([]);
});

describe("--entra-groups manage", () => {
  const application = { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret };
  const id = "02BD9FD6-8f93-4758-87c3-1fb73740a315";
  const manage = { "entra-groups": "manage" };

  test("takes the ids of groups, and Microsoft Graph's address", () => {
    const flags = { ...needed, ...manage, "entra-group-ids": id };
    const config = loadConnectorConfig(loadSettings(flags, application));
    expect(config.changes.entraGroups).toEqual({ mode: "manage", allowed: new Set([id.toLowerCase()]) });
    expect(config.microsoftGraphUrl).toBe("https://graph.microsoft.com/v1.0");
    const us = { ...flags, "microsoft-graph-url": "https://graph.microsoft.us/v1.0" };
    expect(loadConnectorConfig(loadSettings(us, application)).microsoftGraphUrl).toBe(
      "https://graph.microsoft.us/v1.0",
    );
  });

  test("--entra-members alone needs no groups", () => {
    const flags = { ...needed, "entra-members": true };
    expect(loadConnectorConfig(loadSettings(flags, application)).entraMembers).toBe(true);
    expect(failureOf(flags, { AZURE_DEVOPS_EXT_PAT: "abc" })).toMatch(
      /--entra-members needs a credential of Microsoft Entra/,
    );
  });

  test.each([
    ["without groups", manage, application, /needs --entra-group-ids/],
    [
      "with a personal access token",
      { ...manage, "entra-group-ids": id },
      { AZURE_DEVOPS_EXT_PAT: "abc" },
      /personal access token is for Azure DevOps alone/,
    ],
    [
      "with a group by name",
      { ...manage, "entra-group-ids": "Crew" },
      application,
      /--entra-group-ids must be object ids/,
    ],
    [
      "without https",
      { ...manage, "microsoft-graph-url": "http://graph.example" },
      application,
      /--microsoft-graph-url must be a URL/,
    ],
  ])("is refused %s", (_, flags, env, told) => {
    expect(failureOf(flags, env)).toMatch(told);
  });
});
