import { describe, expect, test } from "vitest";
import { thrownBy } from "../../test/support/calls.ts";
import { defaultLimits } from "../limits.ts";
import { serveOptions } from "./options.ts";
import { loadServerConfig } from "./server.ts";
import { limitRows, serverOptions } from "./server-options.ts";
import { type Environment, type Flags, loadSettings } from "./settings.ts";

const load = (flags: Flags = {}, env: Environment = {}) => loadServerConfig(loadSettings(flags, env));

describe("the server's options", () => {
  test("by default: loopback, no TLS, no Connect port, the limits' own defaults", () => {
    expect(load()).toEqual({
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
    for (const [limit, { name, kind, env }] of Object.entries(limitRows)) {
      const [text, value] = kind === "number" ? ["2048", 2048] : ["7m", 420_000];
      const { limits } = load({ [name]: text });
      expect(limits).toEqual({ ...defaultLimits, [limit]: value });
      expect(load({}, { [env[0] ?? ""]: text }).limits).toEqual(limits);
    }
  });

  test("are all among those of serve", () => {
    expect(serverOptions.filter((option) => !serveOptions.includes(option))).toEqual([]);
  });

  test("take TLS, client names and tokens", () => {
    const files = { "tls-cert-file": "c", "tls-key-file": "k" };
    expect(load(files).tls).toEqual({
      certFile: "c",
      keyFile: "k",
      clientCaFile: undefined,
      clientNames: [],
    });
    const names = { "tls-client-ca-file": "ca", "tls-client-names": " a.example,,spiffe://b , " };
    const { tls, authTokensFile, connectListen } = load({
      ...files,
      ...names,
      "auth-tokens-file": "t",
      "connect-listen": "0.0.0.0:1",
    });
    expect(tls).toMatchObject({ clientCaFile: "ca", clientNames: ["a.example", "spiffe://b"] });
    expect([authTokensFile, connectListen]).toEqual(["t", "0.0.0.0:1"]);
  });

  test.each([
    [{ "tls-cert-file": "c" }, "--tls-cert-file needs --tls-key-file too"],
    [{ "tls-key-file": "k" }, "--tls-key-file needs --tls-cert-file too"],
    [{ "tls-client-ca-file": "ca" }, "--tls-client-ca-file needs --tls-cert-file too"],
    [{ "tls-client-names": "a" }, "--tls-client-names needs --tls-client-ca-file too"],
    [{ "tls-client-names": " , " }, "--tls-client-names must be a list of texts"],
    [{ "drain-timeout": "30" }, '--drain-timeout must be a duration such as 500ms, 30s, 5m or 1h, not "30"'],
    [{ "drain-timeout": "0s" }, "--drain-timeout must be at least 1ms"],
    [{ "max-connection-age": "1000h" }, "--max-connection-age must be at most"],
    [{ "max-metadata-bytes": "65536" }, "--max-metadata-bytes must be a whole number from 1024 to 61440"],
    [{ "max-calls-per-caller": "-1" }, '--max-calls-per-caller must be a whole number from 1 to 100000, not "-1"'],
  ])("%j is refused", (flags, says) => {
    const { kind, message } = thrownBy(() => load(flags));
    expect([kind, message]).toEqual(["invalid-request", expect.stringContaining(says)]);
  });
});
