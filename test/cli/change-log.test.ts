import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { groupWithOutsider, refOf } from "../provisioning/parts.ts";
import { runCommand, startServe } from "../support/command.ts";
import { entitlementMessageOf } from "../support/orders.ts";

const folder = mkdtempSync(join(tmpdir(), "connector-change-log-"));
const path = join(folder, "changes.ndjson");
const running: ChildProcess[] = [];
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ users: 20, groups: 6, projects: 1, teamsPerProject: 1 });
  writeFileSync(join(folder, "pat"), `${emulator.token}\n`);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const organization = () => ["--organization-url", emulator.url, "--pat-file", join(folder, "pat")];
const provisioning = ["--provisioning", "standard", "--entra-groups", "refuse", "--change-log", path];
const outcomes = () =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line).outcome);

async function serve(...args: readonly string[]) {
  const serving = await startServe([...organization(), ...provisioning, ...args]);
  running.push(serving.child);
  return serving;
}

function orderOfHungWrite() {
  const { group, outside } = groupWithOutsider(emulator.state);
  const order = { resource: refOf(group), slug: "member", principal: refOf(outside) };
  const { promise: hangs, resolve } = Promise.withResolvers<void>();
  emulator.faults.add({ kind: "hang", method: "PUT" });
  const timer = setInterval(() => {
    try {
      if (outcomes().at(-1) === "begun") resolve();
    } catch {
      // The file is not there yet.
    }
  }, 20);
  const { type: resourceType, id: resource } = order.principal;
  const request = { entitlement: entitlementMessageOf(order), principal: { id: { resourceType, resource } } };
  return { request, hangs: hangs.finally(() => clearInterval(timer)) };
}

test("two processes cannot share a file, and one that is killed leaves a trace of what it had begun", async () => {
  const first = await serve();
  const second = await runCommand(["serve", ...organization(), ...provisioning]);
  expect(second.code).not.toBe(0);
  expect(second.err).toContain("is in use by another process");
  const { request, hangs } = orderOfHungWrite();
  first.post("GrantManagerService/Grant", request).catch(() => undefined);
  await hangs;
  first.child.kill("SIGKILL");
  await first.ended;
  expect(outcomes()).toEqual(["begun"]);
  const checked = await runCommand(["change-log", path]);
  expect([checked.code, checked.out]).toEqual([0, expect.stringContaining("begun and not ended (yet): records 1\n")]);
  const third = await serve("--drain-timeout", "1s");
  expect(outcomes()).toEqual(["begun", "unclear"]);
  expect(third.log()).toContain("a change was begun and not brought to its end");

  const next = orderOfHungWrite();
  third.post("GrantManagerService/Grant", next.request).catch(() => undefined);
  await next.hangs;
  third.child.kill("SIGTERM");
  expect(await third.ended).toBe(0);
  expect(outcomes()).toEqual(["begun", "unclear", "begun", "unclear"]);
  const whole = await runCommand(["change-log", path]);
  expect([whole.code, whole.out]).toEqual([0, expect.not.stringContaining("not ended")]);
}, 45_000);
