import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { descriptorOf, type EmulatorWithEntra, subjectAt } from "../../../src/emulator/index.ts";
import { ask, askEntra, azureDevOpsScope, entraProblem, postForm, startWithEntra } from "../../support/entra.ts";

/** What the token endpoint refuses, and the tokens that the organization takes. */

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

let emulator: EmulatorWithEntra;
beforeAll(async () => {
  emulator = await startWithEntra({
    applications: [
      {
        clientId: "11111111-2222-4333-8444-555555555555",
        displayName: "Trusts another cluster",
        federatedCredentials: [{ issuer: "https://cluster.example", subject: "system:serviceaccount:a:b" }],
      },
    ],
  });
});
afterAll(() => emulator.close());

const apps = () => emulator.entra.applications;
const post = (endpoint: string, form: Readonly<Record<string, string>>) => postForm(emulator, endpoint, form);

/** A request that is granted; tests spoil it. */
function secretForm(): Record<string, string> {
  const { clientId, secret } = apps().connector;
  return { grant_type: "client_credentials", client_id: clientId, client_secret: secret, scope: azureDevOpsScope };
}

function assertionForm(assertion: string, clientId = apps().connector.clientId): Record<string, string> {
  const form = { grant_type: "client_credentials", client_id: clientId, scope: azureDevOpsScope };
  return { ...form, client_assertion: assertion, client_assertion_type: assertionType };
}

async function accessToken(form = secretForm()): Promise<string> {
  const { body, status } = await post("token", form);
  expect([status, body.token_type]).toEqual([200, "Bearer"]);
  return String(body.access_token);
}

describe("a client is refused", () => {
  test.each<[string, Record<string, string>, number, string, number]>([
    ["with a wrong secret", { client_secret: "wrong" }, 401, "invalid_client", 7000215],
    [
      "that nobody registered",
      { client_id: "00000000-0000-4000-8000-000000000000" },
      400,
      "unauthorized_client",
      700016,
    ],
    ["without an id", { client_id: "" }, 400, "invalid_request", 900144],
    ["without a scope", { scope: "" }, 400, "invalid_request", 900144],
    ["with another grant", { grant_type: "password" }, 400, "unsupported_grant_type", 70003],
    [
      "with a delegated scope",
      { scope: azureDevOpsScope.replace(".default", "vso.graph") },
      400,
      "invalid_scope",
      1002012,
    ],
    ["for an unknown resource", { scope: "https://nothing.example/.default" }, 400, "invalid_resource", 500011],
    [
      "for two resources",
      { scope: `${azureDevOpsScope} https://graph.microsoft.com/.default` },
      400,
      "invalid_scope",
      700022,
    ],
  ])("%s", async (_name, change, status, error, code) => {
    expect(await post("token", { ...secretForm(), ...change })).toEqual(entraProblem(status, error, code));
  });

  test("with an expired secret, or with none", async () => {
    const [expired = ""] = apps().connector.expiredSecrets;
    const expiredForm = { ...secretForm(), client_secret: expired };
    expect(await post("token", expiredForm)).toEqual(entraProblem(401, "invalid_client", 7000222));
    const { client_secret: _secret, ...without } = secretForm();
    expect(await post("token", without)).toEqual(entraProblem(401, "invalid_client", 7000218));
  });

  test("with a secret although it is public", async () => {
    const form = { ...secretForm(), client_id: apps().publicClient.clientId };
    expect(await post("token", form)).toEqual(entraProblem(401, "invalid_client", 700025));
  });

  test("in another tenant, at the endpoint of all tenants, and by GET", async () => {
    const other = "/99999999-9999-4999-8999-999999999999/oauth2/v2.0/token";
    expect(await post(other, secretForm())).toEqual(entraProblem(400, "invalid_request", 90002));
    expect(await post("/common/oauth2/v2.0/token", secretForm())).toEqual(
      entraProblem(400, "invalid_request", 9001023),
    );
    const { status, text } = await askEntra(emulator, `/${emulator.entra.tenantId}/oauth2/v2.0/token`);
    expect([status, JSON.parse(text).error_codes]).toEqual([400, [900561]]);
  });
});

describe("a federated token is refused", () => {
  test.each([
    ["of another issuer", { issuer: "https://elsewhere.example" }, 700211],
    ["of another service account", { subject: "system:serviceaccount:other:account" }, 700213],
    ["whose subject is written otherwise", { subject: "system:serviceaccount:Connectors:azure-devops" }, 700213],
    ["for another audience", { audience: "https://kubernetes.default.svc" }, 700212],
    ["that has ended", { lifetimeMs: -600_000 }, 700024],
  ])("%s", async (_name, token, code) => {
    const assertion = await emulator.entra.projectToken(token);
    expect(await post("token", assertionForm(assertion))).toEqual(entraProblem(401, "invalid_client", code));
  });

  test("that somebody else signed", async () => {
    const genuine = await emulator.entra.projectToken();
    const [header, payload] = genuine.split(".");
    const forged = `${header}.${payload}.${Buffer.alloc(256, 7).toString("base64url")}`;
    expect(await post("token", assertionForm(genuine))).toMatchObject({ status: 200 });
    expect(await post("token", assertionForm(forged))).toEqual(entraProblem(401, "invalid_client", 700027));
    expect(await post("token", assertionForm("nonsense"))).toEqual(entraProblem(401, "invalid_client", 700027));
  });

  test("of an application that trusts another cluster", async () => {
    const clientId = "11111111-2222-4333-8444-555555555555";
    const wanted = { issuer: "https://cluster.example", subject: "system:serviceaccount:a:b" };
    const refused = await post("token", assertionForm(await emulator.entra.projectToken(), clientId));
    expect(refused).toEqual(entraProblem(401, "invalid_client", 700211));
    const taken = await post("token", assertionForm(await emulator.entra.projectToken(wanted), clientId));
    expect(taken).toMatchObject({ status: 200 });
  });
});

describe("the organization", () => {
  test("takes a token until it has ended", async () => {
    const token = await accessToken();
    expect((await ask(emulator, token, "_apis/projects")).status).toBe(200);
    emulator.entra.expireAccessTokens();
    expect((await ask(emulator, token, "_apis/projects")).status).toBe(401);
    expect((await ask(emulator, await accessToken(), "_apis/projects")).status).toBe(200);
  });

  test("takes no token for Microsoft Graph, and none that was changed", async () => {
    const graph = await accessToken({ ...secretForm(), scope: "https://graph.microsoft.com/.default" });
    expect((await ask(emulator, graph, "_apis/projects")).status).toBe(401);
    expect((await ask(emulator, `${await accessToken()}x`, "_apis/projects")).status).toBe(401);
  });

  test("knows who asks: an application cannot remove itself from the administrators", async () => {
    const { changes, state } = emulator;
    const { objectId } = apps().connector;
    const application = state.subjects.find(({ originId }) => originId === objectId);
    const administrators = subjectAt(state, state.administrators);
    if (!application) throw new TypeError("the connector is in the organization");
    changes.join(state.administrators, application.index);
    const path = `_apis/graph/memberships/${descriptorOf(application)}/${descriptorOf(administrators)}`;
    const remove = (token: string) =>
      ask(emulator, token, `../vssps/fabrikam/${path}?api-version=7.1-preview.1`, "DELETE");
    expect(await (await remove(await accessToken())).json()).toMatchObject({
      typeKey: "RemoveSelfFromAdminGroupException",
    });
    expect((await remove(emulator.token)).status).toBe(200);
  });

  test("refuses an application that nobody added to it", async () => {
    const { clientId, objectId, secret } = apps().stranger;
    const token = await accessToken({ ...secretForm(), client_id: clientId, client_secret: secret });
    const response = await ask(emulator, token, "_apis/projects");
    expect(response.status).toBe(401);
    const { tenantId } = emulator.entra;
    const message = `TF401444: Please sign-in at least once as ${tenantId}\\${tenantId}\\${objectId} in a web browser to enable access to the service.`;
    expect(await response.json()).toMatchObject({ message });
  });
});

describe("a managed identity", () => {
  const read = async (address: string, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(address, { headers });
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const resource = "resource=https%3A%2F%2Fgraph.microsoft.com";

  test("is given only to who proves to be on the machine, and under its own name", async () => {
    const base = `${emulator.entra.managedIdentity.podIdentityAuthorityHost}/metadata/identity/oauth2/token`;
    const metadata = { Metadata: "true" };
    expect(await read(`${base}?${resource}`, {})).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    const other = await read(`${base}?${resource}&client_id=${apps().connector.clientId}`, metadata);
    expect(other).toMatchObject({ status: 400, body: { error_description: "Identity not found" } });
    const unknown = await read(`${base}?resource=https%3A%2F%2Fnothing.example`, metadata);
    expect(unknown).toMatchObject({ status: 400, body: { error: "invalid_resource" } });
    expect(await read(`${base}?${resource}`, metadata)).toMatchObject({
      status: 200,
      body: { client_id: apps().managedIdentity.clientId, resource: "https://graph.microsoft.com" },
    });
  });

  test("is given only to who knows the secret of the web app", async () => {
    const { identityEndpoint, identityHeader } = emulator.entra.managedIdentity;
    const wrong = await read(`${identityEndpoint}?${resource}`, { "X-IDENTITY-HEADER": "wrong" });
    expect(wrong.status).toBe(401);
    const right = { "X-IDENTITY-HEADER": identityHeader };
    expect((await read(`${identityEndpoint}?${resource}`, right)).status).toBe(200);
    expect((await read(`${identityEndpoint}?${resource}&mi_res_id=other`, right)).status).toBe(400);
  });
});
