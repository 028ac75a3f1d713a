import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { defaultLimits } from "../limits.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { serveOptions } from "./options.ts";
import { loadServerConfig } from "./server.ts";
import { limitRows, serverOptions } from "./server-options.ts";

describe("the server's options", () => {
  test("by default: loopback, no TLS, no Connect port, the limits' own defaults", () => {
    expect(loadServerConfig({}, {})).toEqual({
      listen: "127.0.0.1:50051",
      operationsListen: "127.0.0.1:9464",
      connectListen: undefined,
      tls: undefined,
      authTokensFile: undefined,
      reloadIntervalMs: 10_000,
      drainTimeoutMs: 30_000,
      limits: defaultLimits,
    });
  });

  test("each limit has an option of its own, by flag and by environment", () => {
    for (const [limit, { option, unit }] of Object.entries(limitRows)) {
      const { limits } = loadServerConfig({ [option.name]: unit === "count" ? "2048" : "7m" }, {});
      const changed = unit === "count" ? 2048 : 420_000;
      expect(limits).toEqual({ ...defaultLimits, [limit]: changed });
      const env = { [option.env[0] ?? ""]: unit === "count" ? "2048" : "7m" };
      expect(loadServerConfig({}, env).limits).toEqual(limits);
    }
  });

  test("are all among those of serve", () => {
    expect(serverOptions.filter((option) => !serveOptions.includes(option))).toEqual([]);
  });

  test("take TLS, client names and tokens", () => {
    const files = { "tls-cert-file": "c", "tls-key-file": "k" };
    expect(loadServerConfig(files, {}).tls).toEqual({
      certFile: "c",
      keyFile: "k",
      clientCaFile: undefined,
      clientNames: [],
    });
    const names = { "tls-client-ca-file": "ca", "tls-client-names": " a.example,,spiffe://b , " };
    const { tls, authTokensFile, connectListen } = loadServerConfig(
      { ...files, ...names, "auth-tokens-file": "t", "connect-listen": "0.0.0.0:1" },
      {},
    );
    expect(tls).toMatchObject({ clientCaFile: "ca", clientNames: ["a.example", "spiffe://b"] });
    expect([authTokensFile, connectListen]).toEqual(["t", "0.0.0.0:1"]);
  });

  test.each([
    [{ "tls-cert-file": "c" }, "--tls-cert-file needs --tls-key-file too"],
    [{ "tls-key-file": "k" }, "--tls-key-file needs --tls-cert-file too"],
    [{ "tls-client-ca-file": "ca" }, "--tls-client-ca-file needs --tls-cert-file and --tls-key-file too"],
    [{ "tls-client-names": "a" }, "--tls-client-names needs --tls-client-ca-file too"],
    [{ "tls-client-names": " , " }, "--tls-client-names has no name in it"],
    [{ "drain-timeout": "30" }, '--drain-timeout must be a duration such as 500ms, 30s, 5m or 1h, not "30"'],
    [{ "drain-timeout": "0s" }, "--drain-timeout must be a duration"],
    [{ "max-connection-age": "1000h" }, "--max-connection-age must be a duration"],
    [{ "max-metadata-bytes": "65536" }, "--max-metadata-bytes must be a whole number from 1024 to 61440"],
    [{ "max-calls-per-caller": "-1" }, '--max-calls-per-caller must be a whole number from 1 to 100000, not "-1"'],
  ])("%j is refused", (flags, says) => {
    const { kind, message } = thrownBy(() => loadServerConfig(flags, {}));
    expect([kind, message]).toEqual(["invalid-request", expect.stringContaining(says)]);
  });
});

test("durations are written as they are read", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
  expect([parseDuration("1h"), parseDuration(" 90s "), parseDuration("500ms")]).toEqual([3_600_000, 90_000, 500]);
  for (const text of ["", "1", "s", "-1s", "1.5s", "1 s", "1d", "99999999h"])
    expect(parseDuration(text)).toBeUndefined();
});
