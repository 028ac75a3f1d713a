import { describe, expect, test } from "vitest";
import { testCall } from "../../../test/support/calls.ts";
import { ConnectorError } from "../../errors.ts";
import { createChain } from "./chain.ts";

const options = { route: "GET things", keyOf: String };

const next: Readonly<Record<string, string>> = { "": "a", a: "b", b: "a" };

describe("a listing that leads back to one of its own pages", () => {
  test("fails, by page and by whole, rather than going round for ever", async () => {
    const load = async (cursor: string) => ({ items: [cursor], next: next[cursor] });
    const chain = createChain(load, options);
    await chain.page("", testCall());
    await chain.page("a", testCall());
    await expect(chain.page("b", testCall())).rejects.toMatchObject({ kind: "unexpected-answer" });
    const whole = async () => {
      for await (const { items } of createChain(load, { ...options, ahead: 2 }).pages(testCall()))
        expect(items).toHaveLength(1);
    };
    await expect(whole()).rejects.toMatchObject({ kind: "unexpected-answer" });
  });
});

test("a cursor from elsewhere that leads nowhere any more starts the listing again, and says so", async () => {
  const load = async (cursor: string) => {
    if (cursor === "stale") throw new ConnectorError("unavailable", "500");
    return { items: [1], next: undefined };
  };
  const chain = createChain(load, options);
  expect(await chain.page("stale", testCall())).toEqual({ items: [1], next: undefined, restarted: true });
});

test("a listing that goes on with empty pages for ever fails", async () => {
  let loads = 0;
  const load = async (cursor: string) => {
    loads += 1;
    return { items: [], next: `${cursor}.` };
  };
  const whole = async () => {
    for await (const { items } of createChain<number>(load, options).pages(testCall())) expect(items).toEqual([]);
  };
  await expect(whole()).rejects.toMatchObject({ message: expect.stringMatching(/goes on with empty pages/) });
  expect(loads).toBe(101);
});

describe("a page that repeats rows or cursor of another one", () => {
  const good: Readonly<Record<string, { items: number[]; next: string | undefined }>> = {
    "": { items: [1, 2], next: "a" },
    a: { items: [3, 4], next: "b" },
    b: { items: [], next: "c" },
    c: { items: [5], next: undefined },
  };
  const bad = { rows: { items: [2, 1], next: "b" }, cursor: { items: [3, 4], next: "a" } };

  test.each(["rows", "cursor"] as const)("by its %s is asked for once more, and then told", async (which) => {
    let slips = 1;
    const load = async (cursor: string) => {
      if (cursor === "a" && slips > 0) {
        slips -= 1;
        return bad[which];
      }
      return good[cursor] ?? { items: [], next: undefined };
    };
    const read = async () => {
      const rows: number[] = [];
      for await (const { items } of createChain(load, options).pages(testCall())) rows.push(...items);
      return rows;
    };
    expect(await read()).toEqual([1, 2, 3, 4, 5]);
    slips = 2;
    await expect(read()).rejects.toMatchObject({
      kind: "unexpected-answer",
      message: expect.stringMatching(/^GET things: the listing/),
    });
  });
});
