import { expect, test } from "vitest";
import { createRedactor, joinRedactors, withoutPersonalAccessTokens, withoutTokens } from "./redaction.ts";

const secret = "q7W4e2R5t6Y3/u7I2o4P5+a6S3d7F2";
const redactor = createRedactor([secret]);
const base64 = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["as it is", secret],
  ["in upper case", secret.toUpperCase()],
  ["in lower case", secret.toLowerCase()],
  ["for a URL", encodeURIComponent(secret)],
  ["as .NET writes JSON", secret.replace("+", "\\u002B")],
  ["in base64", base64(secret)],
  ["in base64 after a colon", base64(`:${secret}`)],
])("a secret %s is taken out and found", (_name, form) => {
  expect(redactor.redact(`you sent ${form}, twice: ${form}`)).toBe("you sent [secret], twice: [secret]");
  expect(redactor.holds(`{"name":"${form}"}`)).toBe(true);
});

test("pieces of it are taken out, from twelve characters on, and are no whole secret", () => {
  const told = `${secret.slice(0, 12)} ${secret.slice(5, 25)} ${secret.slice(-13)} ${secret.slice(0, 11)}`;
  expect(redactor.redact(told)).toBe(`[secret] [secret] [secret] ${secret.slice(0, 11)}`);
  expect(redactor.holds(told)).toBe(false);
});

test("other texts stay as they are, letters of any length among them", () => {
  const text = `İstanbul ẞ, ${base64("something else, and long enough")} ${secret.slice(2, 9)}`;
  expect(redactor.redact(text)).toBe(text);
  expect(redactor.redact(`İİİ${secret}İ`)).toBe("İİİ[secret]İ");
  expect(redactor.holds(text)).toBe(false);
});

test("a short secret is taken out, and not looked for in data, where it can be by chance", () => {
  const short = createRedactor(["hunter2"]);
  expect(short.redact("hunter2 is wrong")).toBe("[secret] is wrong");
  expect(short.holds("hunter2")).toBe(false);
});

test("no secret takes nothing out", () => {
  const none = createRedactor([""]);
  expect([none.redact("a text"), none.holds("a text")]).toEqual(["a text", false]);
});

test("several take out what each of them knows", () => {
  const both = joinRedactors([redactor, createRedactor(["another-secret-text"])]);
  expect(both.redact(`${secret}, another-secret-text`)).toBe("[secret], [secret]");
  expect([both.holds("another-secret-text"), both.holds("none")]).toEqual([true, false]);
});

test.each([
  "q7w4e2r5t6y3u7i2o4p5a6s3d7f2g4h5j6k3l7z2x4c5v6b3n7m2",
  "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9",
  "9f86d081884c7d659a2feaa0c55ad015",
])("what looks like a token is not told: %s", (token) => {
  expect(withoutTokens(token)).toBe("[secret]");
  expect(withoutTokens(`/etc/${token}.txt, ${token}`)).toBe("/etc/[secret].txt, [secret]");
});

test.each([
  "/var/run/secrets/azure-devops/personal-access-token",
  "./tokens-of-production-2026-01-01.txt",
  "https://dev.azure.com/a-rather-long-organization-name",
  "maximum-concurrent-requests",
  "connector.internal.example:50051",
])("what a person would write is told: %s", (text) => {
  expect(withoutTokens(text)).toBe(text);
});

test("a long secret is held wherever it stands, in any case, and not when a part of it is missing", () => {
  const secret = Array.from(
    { length: 400 },
    (_, at) => "abcdefghijklmnopqrstuvwxyz0123456789-_"[(at * at * 7 + at) % 38],
  ).join("");
  const { holds } = createRedactor([secret, "a-shorter-secret"]);
  for (let before = 0; before < 1000; before += 37) {
    const [head, tail] = ["x".repeat(before), "y".repeat(999 - before)];
    expect(holds(head + secret + tail)).toBe(true);
    expect(holds(head + secret.toUpperCase() + tail)).toBe(true);
    expect(holds(head + secret.slice(1) + tail)).toBe(false);
    expect(holds(`${head}a-shorter-secret${tail}`)).toBe(true);
  }
});

test("a personal access token is taken out of a name, and nothing else", () => {
  const marked = `${"aB3".repeat(25)}xAZDO1234`;
  const unmarked = "a2b3".repeat(13);
  const told = `nightly ${marked}, ${unmarked}.`;
  expect(withoutPersonalAccessTokens(told)).toBe("nightly [secret], [secret].");
  const name = "ci2024prod03token4build-agent5of6-9f86d081884c7d659a2feaa0c55ad015";
  expect(withoutPersonalAccessTokens(name)).toBe(name);
});
