import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmulatorWithEntra } from "../../../src/emulator/index.ts";
import { azureDevOpsScope, entraProblem, postForm, startWithEntra } from "../../support/entra.ts";

/** Assertions that a client signs by its certificate, right and wrong. */

let emulator: EmulatorWithEntra;
let pem = "";
beforeAll(async () => {
  emulator = await startWithEntra();
  pem = await emulator.entra.createClientCertificate();
});
afterAll(() => emulator.close());

const connector = () => emulator.entra.applications.connector;
const now = () => Math.floor(Date.now() / 1000);

function claims(): Record<string, unknown> {
  const { authorityHost, tenantId } = emulator.entra;
  const { clientId } = connector();
  const aud = `${authorityHost}/${tenantId}/oauth2/v2.0/token`;
  return { aud, iss: clientId, sub: clientId, jti: "1", nbf: now(), exp: now() + 600 };
}

/** Signs by the key of the certificate, which the header names by its hash, unless told otherwise. */
function sign(changed: Record<string, unknown> = {}, header: Record<string, string> = {}, key = createPrivateKey(pem)) {
  const x5t = createHash("sha1").update(new X509Certificate(pem).raw).digest("base64url");
  return new SignJWT({ ...claims(), ...changed }).setProtectedHeader({ alg: "RS256", x5t, ...header }).sign(key);
}

function send(assertion: string) {
  return postForm(emulator, "token", {
    grant_type: "client_credentials",
    client_id: connector().clientId,
    scope: azureDevOpsScope,
    client_assertion: assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  });
}

test("is taken when all of it is right, by either hash and algorithm", async () => {
  expect(await send(await sign())).toMatchObject({ status: 200 });
  const hash = createHash("sha256").update(new X509Certificate(pem).raw).digest("base64url");
  expect(await send(await sign({}, { alg: "PS256", x5t: "", "x5t#S256": hash }))).toMatchObject({ status: 200 });
});

describe("is refused", () => {
  test.each<[string, Record<string, unknown>, number]>([
    ["when it has ended", { exp: now() - 600 }, 700024],
    ["when it is yet to begin", { nbf: now() + 600, exp: now() + 1_200 }, 700024],
    ["when it is for somebody else", { aud: "https://elsewhere.example" }, 700023],
  ])("%s", async (_name, changed, code) => {
    expect(await send(await sign(changed))).toEqual(entraProblem(401, "invalid_client", code));
  });

  test("when another key signed it", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(await send(await sign({}, {}, privateKey))).toEqual(entraProblem(401, "invalid_client", 700027));
  });

  test("when no certificate is registered under its hash", async () => {
    expect(await send(await sign({}, { x5t: "unknown" }))).toEqual(entraProblem(401, "invalid_client", 700027));
  });

  test("when it is another client's", async () => {
    const { clientId } = emulator.entra.applications.stranger;
    const refused = await send(await sign({ iss: clientId, sub: clientId }));
    expect(refused).toEqual(entraProblem(401, "invalid_client", 700021));
  });
});
