import { expect, test } from "vitest";
import { type CallerRight, createCallerRights, type Provisioning } from "./caller-rights.ts";

const rightOf = (provisioning: Provisioning, rights: Record<string, CallerRight>, caller: string) => {
  try {
    return createCallerRights(provisioning, new Map(Object.entries(rights)))(caller);
  } catch (error) {
    return error instanceof Error ? error.message.replace(/[:;].*/, "") : "no error";
  }
};

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
