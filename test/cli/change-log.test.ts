import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { groupWithOutsider, refOf } from "../provisioning/parts.ts";
import { runCommand } from "../support/command.ts";
import { useEmulatedFolder } from "../support/emulated-folder.ts";
import { entitlementMessageOf } from "../support/orders.ts";

const {
  emulator,
  folder,
  organization,
  serve: start,
} = useEmulatedFolder("change-log", { users: 20, groups: 6, projects: 1, teamsPerProject: 1 });
const path = join(folder, "changes.ndjson");

const provisioning = ["--provisioning", "standard", "--entra-groups", "refuse", "--change-log", path];
const outcomes = () =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line).outcome);

const serve = (...args: readonly string[]) => start([...provisioning, ...args]);

function orderOfHungWrite() {
  const { group, outside } = groupWithOutsider(emulator().state);
  const order = { resource: refOf(group), slug: "member", principal: refOf(outside) };
  const { promise: hangs, resolve } = Promise.withResolvers<void>();
  emulator().faults.add({ kind: "hang", method: "PUT" });
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
