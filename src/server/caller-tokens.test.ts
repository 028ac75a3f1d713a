import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { parseCallerTokens } from "./caller-tokens.ts";

const [a, b] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb="];
const bearerToken = fc.stringMatching(/^[\w.~+/-]{16,80}={0,2}$/);

describe("a token file", () => {
  test("names callers, and numbers those without a name; comments and blank lines are nothing", () => {
    const tokens = parseCallerTokens(`# ours\r\n\r\n  platform.one:${a}  \r\n${b}\n#${a}x\n`, "f");
    expect(tokens.size).toBe(2);
    expect([a, b, `${a}x`, "", `platform.one:${a}`].map((token) => tokens.callerOf(token))).toEqual([
      "platform.one",
      "token 2",
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("gives two tokens one name, so that a new one can be brought in before the old one goes", () => {
    const tokens = parseCallerTokens(`platform:${a}\nplatform:${b}\n`, "f");
    expect([tokens.callerOf(a), tokens.callerOf(b)]).toEqual(["platform", "platform"]);
  });

  test("knows exactly its own tokens", () => {
    fc.assert(
      fc.property(fc.uniqueArray(bearerToken, { minLength: 1, maxLength: 8 }), fc.string(), (all, other) => {
        const tokens = parseCallerTokens(all.map((token, index) => `caller-${index}:${token}`).join("\n"), "f");
        all.forEach((token, index) => void expect(tokens.callerOf(token)).toBe(`caller-${index}`));
        if (!all.includes(other)) expect(tokens.callerOf(other)).toBeUndefined();
      }),
    );
  });

  test.each([
    ["", "it has no token"],
    ["# nothing\n", "it has no token"],
    [`${a}\nshort-secret\n`, "the token in line 2 has less than 16 characters"],
    [`${a}\n\nnot a token at all\n`, "line 3 is neither NAME:TOKEN nor TOKEN"],
    [`one:two:${a}`, "line 1 is neither NAME:TOKEN nor TOKEN"],
    [`na me:${a}`, "line 1 is neither NAME:TOKEN nor TOKEN"],
  ])("%j is refused with its line, and without what is in it", (text, says) => {
    const { kind, message } = thrownBy(() => parseCallerTokens(text, "tokens.txt"));
    expect(kind).toBe("refused");
    expect(message).toContain(`tokens.txt cannot be used: ${says}; write one token a line`);
    for (const secret of [a, "short-secret", "not a token", "two"]) expect(message).not.toContain(secret);
  });
});
