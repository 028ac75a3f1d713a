import { describe, expect, test } from "vitest";
import { testCall } from "../../../test/support/calls.ts";
import { ConnectorError } from "../../errors.ts";
import { createChain } from "./chain.ts";

const next: Readonly<Record<string, string>> = { "": "a", a: "b", b: "a" };

describe("a listing that leads back to one of its own pages", () => {
  test("fails, by page and by whole, rather than going round for ever", async () => {
    const load = async (cursor: string) => ({ items: [cursor], next: next[cursor] });
    const chain = createChain(load, { ahead: 0 });
    await chain.page("", testCall());
    await chain.page("a", testCall());
    await expect(chain.page("b", testCall())).rejects.toMatchObject({ kind: "unexpected-answer" });
    const whole = async () => {
      for await (const { items } of createChain(load, { ahead: 2 }).pages(testCall())) expect(items).toHaveLength(1);
    };
    await expect(whole()).rejects.toMatchObject({ kind: "unexpected-answer" });
  });
});

test("a cursor from elsewhere that leads nowhere any more starts the listing again, and says so", async () => {
  const load = async (cursor: string) => {
    if (cursor === "stale") throw new ConnectorError("unavailable", "500");
    return { items: [1], next: undefined };
  };
  const chain = createChain(load, { ahead: 0 });
  expect(await chain.page("stale", testCall())).toEqual({ items: [1], next: undefined, restarted: true });
});
