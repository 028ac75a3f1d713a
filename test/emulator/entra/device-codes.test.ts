import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmulatorWithEntra } from "../../../src/emulator/index.ts";
import { ask, askEntra, azureDevOpsScope, entraProblem, postForm, startWithEntra } from "../../support/entra.ts";

/** Device codes by plain requests: how long they wait, and what they are answered. */

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

let emulator: EmulatorWithEntra;
beforeAll(async () => {
  emulator = await startWithEntra();
});
afterAll(() => emulator.close());

const apps = () => emulator.entra.applications;
const post = (endpoint: string, form: Readonly<Record<string, string>>) => postForm(emulator, endpoint, form);

describe("a device code", () => {
  const start = async (scope = azureDevOpsScope) => {
    const { clientId } = apps().publicClient;
    const { body, status } = await post("devicecode", { client_id: clientId, scope });
    const redeem = () =>
      post("token", { grant_type: deviceGrant, client_id: clientId, device_code: String(body.device_code) });
    return { status, body, redeem, userCode: String(body.user_code) };
  };

  test("waits for its answer, and is good once", async () => {
    const { redeem, status, userCode } = await start(`${azureDevOpsScope} offline_access`);
    expect(status).toBe(200);
    expect(await redeem()).toEqual(entraProblem(400, "authorization_pending", 70016));
    expect(emulator.entra.pendingUserCodes).toContain(userCode);
    emulator.entra.answerDevice(userCode);
    expect(await redeem()).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
    expect(await redeem()).toEqual(entraProblem(400, "bad_verification_code", 70018));
  });

  test("can be declined", async () => {
    const { redeem, userCode } = await start();
    emulator.entra.answerDevice(userCode, "decline");
    expect(await redeem()).toEqual(entraProblem(400, "authorization_declined", 70022));
  });

  test("is answered on the page that the person is sent to", async () => {
    const { body, redeem, userCode } = await start();
    const path = new URL(String(body.verification_uri)).pathname;
    const type = (otc: string) =>
      askEntra(emulator, path, { method: "POST", body: new URLSearchParams({ otc, answer: "yes" }).toString() });
    expect((await type("WRONG")).text).toContain("That code didn't work");
    expect((await type(userCode)).text).toContain("You may close this window");
    expect(await redeem()).toMatchObject({ status: 200 });
  });

  test("tells a client that asks at once again to slow down", async () => {
    await using patient = await startWithEntra({ pollIntervalMs: 60_000 });
    const { clientId } = patient.entra.applications.publicClient;
    const { body } = await postForm(patient, "devicecode", { client_id: clientId, scope: azureDevOpsScope });
    const form = { grant_type: deviceGrant, client_id: clientId, device_code: String(body.device_code) };
    expect(await postForm(patient, "token", form)).toEqual(entraProblem(400, "authorization_pending", 70016));
    expect(await postForm(patient, "token", form)).toEqual(entraProblem(400, "slow_down", 70016));
  });

  test("ends", async () => {
    await using hasty = await startWithEntra({ deviceCodeLifetimeMs: 0 });
    const { clientId } = hasty.entra.applications.publicClient;
    const { body } = await postForm(hasty, "devicecode", { client_id: clientId, scope: azureDevOpsScope });
    const form = { grant_type: deviceGrant, client_id: clientId, device_code: String(body.device_code) };
    await expect.poll(() => postForm(hasty, "token", form)).toEqual(entraProblem(400, "expired_token", 70019));
  });

  test("is refused for scopes without consent", async () => {
    const { status, body } = await start("499b84ac-1321-427f-aa17-267ca6975798/vso.tokenadministration");
    expect({ status, body }).toEqual(entraProblem(400, "invalid_grant", 65001));
    expect(body.suberror).toBe("consent_required");
  });

  test("of one scope gives a token that can do no more", async () => {
    const { redeem, userCode } = await start("499b84ac-1321-427f-aa17-267ca6975798/vso.project");
    emulator.entra.answerDevice(userCode);
    const token = String((await redeem()).body.access_token);
    expect((await ask(emulator, token, "_apis/projects")).status).toBe(200);
    const people = "../vssps/fabrikam/_apis/graph/users";
    expect((await ask(emulator, token, people)).status).toBe(401);
    expect((await ask(emulator, emulator.token, people)).status).toBe(200);
  });
});
