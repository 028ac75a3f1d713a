import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { isLoopback, parseOrganizationUrl } from "./organization-url.ts";

describe("an organization's URL", () => {
  test.each([
    ["https://dev.azure.com/fabrikam", "https://dev.azure.com/fabrikam", "fabrikam"],
    [" https://dev.azure.com/fabrikam/ ", "https://dev.azure.com/fabrikam", "fabrikam"],
    ["https://dev.azure.com/fabrikam//?view=x#top", "https://dev.azure.com/fabrikam", "fabrikam"],
    ["HTTPS://DEV.AZURE.COM/Fabrikam", "https://dev.azure.com/Fabrikam", "Fabrikam"],
    ["https://fabrikam.visualstudio.com", "https://fabrikam.visualstudio.com/", "fabrikam"],
    [
      "https://server:8443/tfs/Default%20Collection/",
      "https://server:8443/tfs/Default%20Collection",
      "Default Collection",
    ],
    ["https://proxy.example/a%zz", "https://proxy.example/a%zz", "a%zz"],
    ["http://localhost:8080/fabrikam", "http://localhost:8080/fabrikam", "fabrikam"],
    ["http://127.0.0.1:1/fabrikam", "http://127.0.0.1:1/fabrikam", "fabrikam"],
    ["http://[::1]:1/fabrikam", "http://[::1]:1/fabrikam", "fabrikam"],
  ])("%j is taken as %s", (text, href, name) => {
    const organization = parseOrganizationUrl(text);
    expect([organization.url.href, organization.name]).toEqual([href, name]);
  });

  test("of any accepted form is one spelling: taken again it stays the same", () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(segment, fc.nat({ max: 3 }), (name, slashes) => {
        const { url } = parseOrganizationUrl(`https://dev.azure.com/${name}${"/".repeat(slashes)}`);
        expect(url.href).toBe(`https://dev.azure.com/${name}`);
        expect(parseOrganizationUrl(url.href).url.href).toBe(url.href);
      }),
    );
  });

  test.each([
    ["fabrikam", "is not a URL"],
    ["", "is not a URL"],
    ["https://", "is not a URL"],
    ["https://dev.azure.com", "names no organization"],
    ["https://DEV.azure.com/", "names no organization"],
    ["http://dev.azure.com/fabrikam", "https://"],
    ["http://10.0.0.1/fabrikam", "https://"],
    ["http://127.0.0.1.example.com/fabrikam", "https://"],
    ["http://localhost.example.com/fabrikam", "https://"],
    ["ftp://dev.azure.com/fabrikam", "https://"],
    ["file:///etc/passwd", "https://"],
    ["https://user@dev.azure.com/fabrikam", "user name or password"],
    ["https://:pat@dev.azure.com/fabrikam", "user name or password"],
  ])("%j is refused: it %s", (text, why) => {
    expect(thrownBy(() => parseOrganizationUrl(text))).toMatchObject({
      kind: "invalid-request",
      message: expect.stringContaining(why),
    });
  });

  test.each([
    "https://user:s3cret@dev.azure.com/fabrikam",
    "https://:s3cret@dev.azure.com/fabrikam",
    "https://s3cret@dev.azure.com/fabrikam",
    "https://user:pass@s3cret@dev.azure.com/fabrikam",
    "https:user:s3cret@dev.azure.com/fabrikam",
    "https://https://user:s3cret@dev.azure.com/fabrikam",
    "https://proxy/https%3A//s3cret%40dev.azure.com/fabrikam",
    "https:\\\\user:s3cret@dev.azure.com/fabrikam",
    "https://user:a/s3cret@dev.azure.com/fabrikam",
    "http://dev.azure.com/fabrikam?pat=s3cret",
    "http://dev.azure.com/fabrikam#s3cret",
    "s3cret",
    "x:s3cret",
  ])("%j is refused without telling the secret in it", (text) => {
    const failure = thrownBy(() => parseOrganizationUrl(text));
    expect(failure.kind).toBe("invalid-request");
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("s3cret");
  });

  test("that is very long is not repeated in the message", () => {
    expect(thrownBy(() => parseOrganizationUrl(`http://x/${"y".repeat(100_000)}`)).message.length).toBeLessThan(400);
  });

  test("of any text is a ConnectorError or an https or loopback URL without credentials", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `https://${rest}`),
        ),
        (text) => {
          let url: URL;
          try {
            url = parseOrganizationUrl(text).url;
          } catch (error) {
            expect(error).toMatchObject({ kind: "invalid-request" });
            return;
          }
          expect(url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))).toBe(true);
          expect([url.username, url.password, url.search, url.hash]).toEqual(["", "", "", ""]);
        },
      ),
    );
  });
});
