import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { createAuthority } from "../support/certificates.ts";
import { runCommand, type Serving, startServe } from "../support/command.ts";

/** `sync --server` of a connector with TLS, a client certificate and a token. */

const folder = mkdtempSync(join(tmpdir(), "connector-secure-"));
const path = (name: string) => join(folder, name);
let emulator: Emulator;
let serving: Serving;

beforeAll(async () => {
  emulator = await startEmulator({ users: 30, groups: 5, projects: 1, teamsPerProject: 1 });
  const authority = await createAuthority();
  const server = await authority.issue({ dns: ["localhost"], ip: ["127.0.0.1"] });
  const client = await authority.issue({ commonName: "platform" });
  const files = {
    "ca.pem": authority.cert,
    "server.pem": server.cert,
    "server.key": server.key,
    "client.pem": client.cert,
    "client.key": client.key,
    tokens: "platform:right-token-of-platform\n",
    token: "right-token-of-platform\n",
    wrong: "wrong-token-of-nobody",
    pat: emulator.token,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
  const tls = ["--tls-cert-file", path("server.pem"), "--tls-key-file", path("server.key")];
  const who = ["--tls-client-ca-file", path("ca.pem"), "--auth-tokens-file", path("tokens")];
  serving = await startServe(["--organization-url", emulator.url, "--pat-file", path("pat"), ...tls, ...who]);
});
afterAll(async () => {
  serving.child.kill();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const certificate = () => ["--server-cert-file", path("client.pem"), "--server-key-file", path("client.key")];
const sync = (...args: string[]) => runCommand(["sync", "--server", serving.grpc, ...args]);

describe("sync through a server that asks who is calling", () => {
  test("is complete with what it asks for", async () => {
    const { code, out, err } = await sync(
      "--server-ca-file",
      path("ca.pem"),
      ...certificate(),
      "--server-token-file",
      path("token"),
    );
    expect(code, err).toBe(0);
    expect(out).toMatch(/^user\s+30\s/m);
  });

  test.each([
    [
      "without the authority",
      () => [...certificate(), "--server-token-file", path("token")],
      /connector serving|certificate/,
    ],
    [
      "without a certificate",
      () => ["--server-ca-file", path("ca.pem"), "--server-token-file", path("token")],
      /connector serving/,
    ],
    [
      "with a wrong token",
      () => ["--server-ca-file", path("ca.pem"), ...certificate(), "--server-token-file", path("wrong")],
      /authenticated/,
    ],
  ])("%s fails and says so, without the token", async (_what, args, says) => {
    const { code, out, err } = await sync(...args());
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(says);
    expect(err).not.toMatch(/-token-of-/);
  });

  test.each([
    [["--server-cert-file", "/absent"], /--server-cert-file: \/absent cannot be read \(ENOENT\)/],
    [["--server-key-file", path("absent")], /--server-key-file/],
  ])("with %j is misused", async (args, says) => {
    const { code, err } = await sync(...args);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });
});
