import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { EmulatorWithEntra } from "../../../src/emulator/index.ts";
import { askEntra, startWithEntra } from "../../support/entra.ts";
import { graphClient, graphToken, groupAt, page, problem } from "../../support/microsoft-graph.ts";

/** Batches of requests to the emulated Microsoft Graph, and what goes wrong on demand. */

let emulator: EmulatorWithEntra;
let client: ReturnType<typeof graphClient>;
beforeEach(async () => {
  emulator = await startWithEntra();
  client = graphClient(emulator, await graphToken(emulator));
});
afterEach(() => emulator.close());

const directory = () => emulator.entra.directory;
const group = (at = 0) => groupAt(emulator, at);
const newcomer = (at = 0) => directory().newcomers[at] ?? { id: "", principalName: "" };
const reference = (id: string) => ({ "@odata.id": `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
const remove = (at: number, id: string) => client.graph("DELETE", `groups/${group(at).id}/members/${id}/$ref`);
const notThere = problem(404, "Request_ResourceNotFound");

describe("a batch", () => {
  const answerForm = z.object({ responses: z.array(z.looseObject({ id: z.string(), status: z.number() })) });
  const send = async (requests: readonly object[]) => {
    const { body } = await client.graph("POST", "$batch", { requests });
    return new Map(answerForm.parse(body).responses.map((each) => [each.id, each]));
  };

  test("answers each of its requests by itself", async () => {
    const json = { "Content-Type": "application/json" };
    const url = `/groups/${group().id}/members/$ref`;
    const answers = await send([
      { id: "list", method: "GET", url: `/groups/${group().id}/transitiveMembers?$top=2` },
      { id: "again", method: "POST", url, headers: json, body: reference(newcomer().id) },
      { id: "gone", method: "DELETE", url: `/groups/${group().id}/members/${newcomer().id}/$ref` },
      { id: "nobody", method: "GET", url: "users/nobody" },
      { id: "after", method: "GET", url: `/groups/${group().id}`, dependsOn: ["nobody"] },
    ]);
    const statuses = [...answers].map(([id, { status }]) => [id, status]);
    expect(Object.fromEntries(statuses)).toEqual({ list: 200, again: 400, gone: 204, nobody: 404, after: 424 });
    expect(page.parse(answers.get("list")?.body).value).toHaveLength(2);
    expect(group().members).not.toContain(newcomer().id);
    expect([...answers.keys()][0]).toBe("after");
  });

  test("holds 20 requests, each under its own id", async () => {
    const steps = Array.from({ length: 21 }, (_, at) => ({ id: `${at}`, method: "GET", url: `/groups/${group().id}` }));
    expect((await send(steps.slice(1))).size).toBe(20);
    expect(await client.graph("POST", "$batch", { requests: steps })).toEqual(problem(400, "BadRequest"));
    const twice = { requests: [steps[0], steps[0]] };
    expect(await client.graph("POST", "$batch", twice)).toEqual(problem(400, "BadRequest"));
  });

  test("can have one of its requests throttled", async () => {
    emulator.entra.failures.add({ path: "/members", status: 429, retryAfterSeconds: 3, times: 1 });
    const url = `/groups/${group().id}/members`;
    const answers = await send([
      { id: "first", method: "GET", url },
      { id: "second", method: "GET", url },
    ]);
    expect(answers.get("first")).toMatchObject({ status: 429, headers: { "Retry-After": "3" } });
    expect(answers.get("second")?.status).toBe(200);
    expect(emulator.entra.requests.count("GET /v1.0/groups/{id}/members")).toBe(2);
  });
});

describe("failures", () => {
  test("throttle, and cut off a change that happens all the same", async () => {
    const { failures } = emulator.entra;
    failures.add({ path: "/v1.0/", status: 429, retryAfterSeconds: 5, times: 1 });
    const throttled = await remove(0, newcomer().id);
    expect([throttled.status, throttled.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(group().members).toContain(newcomer().id);
    failures.add({ method: "DELETE", status: "cut", times: 1, isAfter: true });
    await expect(remove(0, newcomer().id)).rejects.toThrow("fetch failed");
    expect(group().members).not.toContain(newcomer().id);
    expect(await remove(0, newcomer().id)).toEqual(notThere);
  });

  test("leave a client waiting until it goes", async () => {
    const { failures, graphUrl } = emulator.entra;
    failures.add({ path: "/users/", status: "hang" });
    const signal = AbortSignal.timeout(100);
    await expect(askEntra(emulator, `${graphUrl}/users/x`, { signal })).rejects.toThrow();
    failures.clear();
    expect((await client.graph("GET", "users/x")).status).toBe(404);
  });
});
