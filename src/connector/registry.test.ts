import { expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { allAtOnce, defineResource, itemAt } from "./handler.ts";
import { createRegistry } from "./registry.ts";

const handler = (id: string) =>
  defineResource<null>({
    type: { id, displayName: id, description: "", traits: [] },
    entitlements: [],
    list: () => allAtOnce(async () => []),
    get: async () => undefined,
  });

test("handlers are found by type, in the order in which they were given", () => {
  const handlers = ["team", "group", "user"].map(handler);
  const registry = createRegistry(handlers);
  expect(registry.handlers).toEqual(handlers);
  expect(registry.handler("group")).toBe(handlers[1]);
  expect([registry.has("user"), registry.has("project")]).toEqual([true, false]);
});

test("two handlers of one type are refused when the connector starts", () => {
  const failure = thrownBy(() => createRegistry([handler("team"), handler("user"), handler("team")]));
  expect(failure).toMatchObject({ kind: "bug", message: expect.stringContaining("team") });
});

test("an unknown type is not found, in a message that names the known ones and cuts the foreign text", () => {
  const registry = createRegistry(["team", "user"].map(handler));
  const failure = thrownBy(() => registry.handler("x".repeat(1_000_000)));
  expect(failure).toMatchObject({ kind: "not-found", message: expect.stringContaining("served here: team, user") });
  expect(failure.message.length).toBeLessThan(200);
});

test.each(["__proto__", "constructor", "toString", ""])("%j is no type", (id) => {
  const registry = createRegistry([handler("team")]);
  expect(registry.has(id)).toBe(false);
  expect(thrownBy(() => registry.handler(id)).kind).toBe("not-found");
});

test("an item out of range is a range error, not undefined", () => {
  expect(itemAt(["a"], 0)).toBe("a");
  expect(() => itemAt(["a"], 1)).toThrow(RangeError);
  expect(() => itemAt([], -1)).toThrow(RangeError);
});
