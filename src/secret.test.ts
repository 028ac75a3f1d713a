import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";
import { createLog } from "./telemetry/log.ts";

const secret = new Secret("p4ssw0rd");

test("only reveal gives the value", () => {
  expect(secret.reveal()).toBe("p4ssw0rd");
});

test("every way of printing it shows a mask", () => {
  const nested = { list: [secret], map: new Map([["key", secret]]) };
  const logged: string[] = [];
  createLog("info", { write: (line: string) => void logged.push(line) }).info({ secret, nested }, "with a secret");
  const printed = [
    String(secret),
    `${secret.toString()}`,
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 9 }),
    inspect(nested, { showHidden: true, depth: 9 }),
    format("%s %o %O %j", secret, secret, secret, secret),
    ...logged,
  ];
  expect(printed.filter((text) => text.includes("p4ssw0rd"))).toEqual([]);
  expect(printed.filter((text) => !text.includes("[secret]"))).toEqual([]);
  expect(Object.values(secret)).toEqual([]);
});
