import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, test } from "vitest";
import {
  canonicalDescriptor,
  identityTypeOf,
  isDescriptor,
  kindOf,
  parseDate,
  payloadText,
  prefixOf,
  projectOfDomain,
  subjectOfIdentity,
} from "../../src/azure-devops/descriptors.ts";
import { isLoopback, parseOrganizationUrl } from "../../src/azure-devops/organization-url.ts";
import { readConfigFile } from "../../src/config/file.ts";
import { serveOptions } from "../../src/config/options.ts";
import { parseValue } from "../../src/config/values.ts";
import { isResourceId } from "../../src/connector/ids.ts";
import { isConnectorError } from "../../src/errors.ts";
import { readRateLimit } from "../../src/http/rate-limit.ts";
import { parseRetryAfter } from "../../src/http/retry-after.ts";
import { parseAddress } from "../../src/server/address.ts";
import { anyText } from "../support/arbitraries.ts";
import { fuzz } from "./fuzz.ts";

/** Parsers of what comes from upstream and from whoever configures: none throws what it does not say. */

const joined = (separators: readonly string[], parts: fc.Arbitrary<string>) =>
  fc.array(fc.oneof(parts, fc.constantFrom(...separators)), { maxLength: 8 }).map((all) => all.join(""));

describe("descriptors", () => {
  const prefix = fc.constantFrom("aad", "AAD", "vssgp", "aadgp", "svc", "bnd", "constructor", "__proto__", "");
  const subject = fc.oneof(joined([".", ";", "-", "_"], fc.oneof(prefix, fc.base64String({ maxLength: 12 }))), anyText);

  test("of subjects have one spelling and a kind, whatever they are", async () => {
    const kinds = new Set(["user", "group", "service-principal", "service-account", "other"]);
    const property = fc.property(subject, (text) => {
      const canonical = canonicalDescriptor(text);
      const told = prefixOf(text);
      return (
        kinds.has(kindOf(text)) &&
        canonicalDescriptor(canonical) === canonical &&
        kindOf(canonical) === kindOf(text) &&
        told === told.toLowerCase() &&
        (!isDescriptor(text) || isResourceId(text)) &&
        typeof payloadText(text) === "string"
      );
    });
    await fuzz("subject descriptors", 30_000, property);
  });

  test("of identities give the subject that they hold, or none", async () => {
    const type = fc.constantFrom(
      "Microsoft.TeamFoundation.Identity",
      "microsoft.teamfoundation.serviceidentity",
      "Microsoft.IdentityModel.Claims.ClaimsIdentity",
      "System:PublicAccess",
    );
    const sid = fc.array(fc.nat({ max: 4_294_967_295 }), { maxLength: 8 }).map((parts) => `S-1-9-${parts.join("-")}`);
    const identity = fc.oneof(
      fc.tuple(type, fc.oneof(sid, fc.uuid(), anyText)).map((parts) => parts.join(";")),
      joined([";", "\\", "@"], type),
      anyText,
    );
    const property = fc.property(identity, (text) => {
      const found = subjectOfIdentity(text);
      const isSubject =
        found === undefined ||
        (/^(vssgp|aadgp|svc)\.[A-Za-z0-9_-]*$/.test(found) && found === canonicalDescriptor(found));
      // The part that can hold a mail address is never told.
      return isSubject && !identityTypeOf(text).includes(";");
    });
    await fuzz("identity descriptors", 30_000, property);
  });

  test("of dates and domains are read or left out", async () => {
    const date = fc.date({ noInvalidDate: true }).map((each) => each.toISOString());
    const text = fc.oneof(date, joined(["T", "Z", "+", "-", ":", "."], fc.nat().map(String)), anyText);
    const property = fc.property(text, (each) => {
      const time = parseDate(each)?.getTime();
      const project = projectOfDomain(`vstfs:///Classification/TeamProject/${each}`);
      return (
        (time === undefined || Number.isFinite(time)) && (project === undefined || /^[0-9a-f-]{36}$/.test(project))
      );
    });
    await fuzz("dates and domains", 30_000, property);
  });
});

describe("headers of throttling", () => {
  const nowMs = 1_795_000_000_000;
  const dayMs = 86_400_000;
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom("1e308", "-1", "0x10", "1_000", "Infinity", " 5 ", "5,7"),
  );
  const date = fc.date({ noInvalidDate: true }).map((each) => each.toUTCString());
  const value = fc.oneof(number.map(String), date, anyText);

  test("Retry-After is a delay of at most a day, or nothing", async () => {
    const property = fc.property(value, (text) => {
      const delay = parseRetryAfter(text, nowMs);
      return delay === undefined || (delay >= 0 && delay <= dayMs);
    });
    await fuzz("Retry-After", 40_000, property);
  });

  test("X-RateLimit-* are finite, and times are dates", async () => {
    const names = ["delay", "limit", "remaining", "reset", "resource"].map((name) => `x-ratelimit-${name}`);
    const headers = fc.dictionary(
      fc.constantFrom("retry-after", ...names),
      fc.oneof(value, fc.array(value, { maxLength: 2 })),
    );
    const property = fc.property(headers, (each) => {
      const { resource = "", ...numbers } = readRateLimit(each, nowMs);
      const { resetAtMs = 0, delayedMs = 0 } = numbers;
      new Date(resetAtMs).toISOString();
      return (
        Object.values(numbers).every((found) => Number.isFinite(found) && found >= 0) &&
        delayedMs <= dayMs &&
        resource.length <= 200
      );
    });
    await fuzz("X-RateLimit headers", 20_000, property);
  });
});

describe("configuration", () => {
  test("an organization's URL is safe to send a credential to, or refused without telling one", async () => {
    const secret = "s3cret-of-someone";
    const part = fc.constantFrom(
      "https:",
      "http:",
      "dev.azure.com",
      "fabrikam",
      "localhost",
      "127.0.0.1",
      "[::1]",
      "x.visualstudio.com",
      "8443",
      "%2f",
      "..",
      "%zz",
    );
    const text = fc.oneof(
      joined(["/", "//", ":", "@", "?", "#", `:${secret}@`, `?t=${secret}`, `#${secret}`, "\\"], part),
      joined(["/", "/", `?${secret}`, `#${secret}`], fc.constantFrom("a", "..", "%2e", "b%20c")).map(
        (path) => `https://dev.azure.com/${path}`,
      ),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      anyText,
    );
    const property = fc.property(text, (each) => {
      try {
        const { url, name } = parseOrganizationUrl(each);
        const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
        const isBare = `${url.username}${url.password}${url.search}${url.hash}` === "" && !/.\/$/.test(url.pathname);
        return isSafe && isBare && parseOrganizationUrl(url.href).url.href === url.href && typeof name === "string";
      } catch (error) {
        if (!isConnectorError(error, "invalid-request")) throw error;
        return !error.message.includes(secret) && error.message.length < 400;
      }
    });
    await fuzz("organization URLs", 30_000, property);
  });

  test("an option's value is one of its kind, or there is a reason in a line", async () => {
    const text = fc.oneof(
      fc.constantFrom("on", "1", "5m", "0.5h", "[::1]:1", "a:99999", "off", ",", "info"),
      joined([":", ",", "[", "]", "ms"], fc.nat().map(String)),
      anyText,
    );
    const property = fc.property(fc.constantFrom(...serveOptions), text, (option, each) => {
      const parsed = parseValue(option, each);
      return "value" in parsed ? parsed.value !== undefined : parsed.reason.length > 0 && parsed.reason.length < 2000;
    });
    await fuzz("option values", 20_000, property);
  });

  test("a configuration file is a list of entries, or of problems in a line each", async () => {
    const folder = mkdtempSync(join(tmpdir(), "connector-fuzz-"));
    const file = join(folder, "connector.yaml");
    const word = fc.constantFrom(
      "listen",
      "pat",
      "sync-teams",
      "true",
      "127.0.0.1:1",
      "1e999",
      "&a",
      "*a",
      "!!js",
      "~",
      "'",
      '"',
    );
    const text = fc.oneof(
      joined([": ", "\n", "- ", "  ", "[", "]", "{", "}", "#", ",", "|", "---\n", "\t"], word),
      fc.string(),
      anyText,
    );
    const property = fc.property(text, (each) => {
      writeFileSync(file, each);
      const { entries, problems } = readConfigFile(file);
      return (
        problems.every((problem) => problem.startsWith(file) && problem.length < 500) &&
        entries.every(({ line }) => line > 0)
      );
    });
    await fuzz("configuration files", 4_000, property);
    rmSync(folder, { recursive: true });
  });

  test("an address is a host and a port, or refused", async () => {
    const text = fc.oneof(joined([":", "[", "]", "."], fc.nat({ max: 99_999 }).map(String)), anyText);
    const property = fc.property(text, (each) => {
      try {
        const { host, port } = parseAddress(each);
        return host !== "" && port >= 0 && port <= 65_535;
      } catch (error) {
        return isConnectorError(error, "invalid-request");
      }
    });
    await fuzz("addresses", 20_000, property);
  });
});
