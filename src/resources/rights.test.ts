import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explanations } from "./readings/access.ts";
import { rights } from "./rights.ts";

const client = new URL("../azure-devops/", import.meta.url);

test("the rights are the scopes that the client's requests name", () => {
  const sources = readdirSync(client).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const named = sources.flatMap((name) => {
    const text = readFileSync(new URL(name, client), "utf8");
    return [...text.matchAll(/\bscope: "([^"]+)"/g)].map(([, scope]) => scope);
  });
  // `any` is what is told to everybody.
  expect(new Set(named)).toEqual(new Set([...rights.map(({ scope }) => scope), "any"]));
});

test("what a sync can do without names its right, and the right what becomes of it", () => {
  for (const { consequence, remedy } of Object.values(explanations)) {
    const right = rights.find(({ without }) => without === consequence);
    expect(remedy).toContain(right?.scope ?? "a right");
  }
});
