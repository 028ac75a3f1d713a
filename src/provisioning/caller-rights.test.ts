import { expect, test } from "vitest";
import { type CallerRight, createCallerRights, type Provisioning } from "./caller-rights.ts";

function told(ask: () => string): string {
  try {
    return ask();
  } catch (error) {
    return error instanceof Error ? error.message.replace(/[:;].*/, "") : "no error";
  }
}

const rightOf = (provisioning: Provisioning, rights: Record<string, CallerRight>, caller: string) =>
  told(() => createCallerRights(provisioning, new Map(Object.entries(rights))).levelOf(caller));

test.each([
  ["off", {}, "a", "provisioning is off"],
  ["off", { a: "privileged" }, "a", "provisioning is off"],
  ["standard", {}, "a", "standard"],
  ["privileged", {}, "a", "privileged"],
  ["standard", { a: "privileged" }, "a", "standard"],
  ["privileged", { a: "privileged" }, "a", "privileged"],
  ["privileged", { a: "standard" }, "a", "standard"],
  ["privileged", { a: "read-only" }, "a", "caller a may only read"],
  ["privileged", { a: "privileged" }, "b", "caller b may only read"],
] as const)("with --provisioning %s and rights %j, %s has %s", (provisioning, rights, caller, expected) => {
  expect(rightOf(provisioning, rights, caller)).toBe(expected);
});

test.each([
  ["off", {}, "a", "provisioning is off"],
  ["standard", {}, "a", "may"],
  ["standard", { a: "privileged" }, "a", "may"],
  ["privileged", { a: "standard" }, "a", "caller a may not acknowledge"],
  ["privileged", { a: "read-only" }, "a", "caller a may only read"],
  ["privileged", { a: "privileged" }, "b", "caller b may only read"],
] as const)("with --provisioning %s and rights %j, %s acknowledges: %s", (provisioning, rights, caller, expected) => {
  const { guardAcknowledge } = createCallerRights(provisioning, new Map(Object.entries<CallerRight>(rights)));
  const answer = told(() => {
    guardAcknowledge(caller);
    return "may";
  });
  expect(answer).toBe(expected);
});
