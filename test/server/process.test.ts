import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { parseAddress } from "../../src/server/address.ts";
import { type Authority, createAuthority, type Pair } from "../support/certificates.ts";
import { grpcClient, type TestClient } from "./clients.ts";
import { createFolder, type Folder, until } from "./harness.ts";
import { reflectedServices } from "./standard-services.ts";

/** `serve` as a process of its own, with real signals. */

const bin = new URL("../../bin/azure-devops-connector.js", import.meta.url).pathname;
const unavailable = 14;
const unauthenticated = 16;

let folder: Folder;
let emulator: Emulator;
let authority: Authority;
let pair: Pair;
const running: ChildProcess[] = [];

/** Requests that the organization does not answer until they are let go. */
const held: (() => void)[] = [];
let holding = false;

beforeAll(async () => {
  folder = createFolder();
  authority = await createAuthority();
  pair = await authority.issue({ dns: ["localhost"], ip: ["127.0.0.1"] });
  emulator = await startEmulator({
    users: 10,
    groups: 2,
    projects: 1,
    teamsPerProject: 1,
    async onRequest() {
      if (holding) await new Promise<void>((resolve) => held.push(resolve));
      return undefined;
    },
  });
  folder.write("pat", `${emulator.token}\n`);
  folder.write("tls.crt", pair.cert);
  folder.write("tls.key", pair.key);
});
afterEach(() => {
  letGo();
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await emulator.close();
  folder[Symbol.dispose]();
});

function letGo(): void {
  holding = false;
  for (const resolve of held.splice(0)) resolve();
}

function start(args: readonly string[]) {
  const organization = ["--organization-url", emulator.url, "--pat-file", `${folder.path}/pat`];
  const ports = ["--listen", "127.0.0.1:0", "--operations-listen", "127.0.0.1:0"];
  // What is given last wins.
  const child = spawn(process.execPath, [bin, "serve", ...organization, ...ports, ...args], { cwd: folder.path });
  running.push(child);
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, ended, log: () => log };
}

interface Serving {
  readonly grpc: string;
  readonly operations: string;
  readonly connect?: string;
}

async function serve(args: readonly string[] = []) {
  const own = start(args);
  let serving: Serving | undefined;
  await until(() => {
    const line = own
      .log()
      .split("\n")
      .find((row) => row.includes('"msg":"serving"'));
    serving = line === undefined ? undefined : JSON.parse(line);
    return serving !== undefined || own.child.exitCode !== null;
  }, "it to serve");
  if (!serving) throw new Error(own.log());
  return { ...own, ...serving };
}

/** A call that waits for the organization. */
async function waitingCall(client: TestClient) {
  holding = true;
  const outcome = client.wait();
  await until(() => held.length > 0, "a request to the organization");
  return outcome;
}

describe("a signal", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s: running calls end, new ones are refused, exit code 0",
    async (signal) => {
      const { child, ended, grpc, operations, log } = await serve();
      using client = grpcClient(parseAddress(grpc));
      const pending = waitingCall(client);
      await until(() => held.length > 0, "the call to run");
      child.kill(signal);
      await until(() => log().includes("stopping"), "the signal to be taken");
      const refused = await client.call();
      expect(refused).toMatchObject({ code: unavailable, message: expect.stringContaining("the server is stopping") });
      expect((await fetch(`http://${operations}/readyz`)).status).toBe(503);
      expect((await fetch(`http://${operations}/healthz`)).status).toBe(200);
      expect(child.exitCode).toBeNull();
      letGo();
      expect((await pending).code).toBe(0);
      expect(await ended).toBe(0);
    },
  );

  test("and a call that does not end in --drain-timeout: UNAVAILABLE, exit code 0", async () => {
    const { child, ended, grpc } = await serve(["--drain-timeout", "200ms"]);
    using client = grpcClient(parseAddress(grpc));
    const pending = waitingCall(client);
    await until(() => held.length > 0, "the call to run");
    child.kill("SIGTERM");
    expect(await pending).toMatchObject({ code: unavailable, message: expect.stringContaining("the server stopped") });
    expect(await ended).toBe(0);
  });

  test("and a second one ends it at once, with 130", async () => {
    const { child, ended, grpc, log } = await serve();
    using client = grpcClient(parseAddress(grpc));
    const pending = waitingCall(client);
    await until(() => held.length > 0, "the call to run");
    child.kill("SIGTERM");
    await until(() => log().includes("stopping"), "the signal to be taken");
    child.kill("SIGTERM");
    expect(await ended).toBe(130);
    expect((await pending).code).toBe(unavailable);
  });
});

describe("serve", () => {
  test("takes TLS, certificates, tokens and a Connect port from its options, and writes no secret", async () => {
    const token = "canary-1f2e3d4c5b6a79880f1e2d3c";
    const wrong = "wrong-canary-99887766554433221100";
    const files = { cert: `${folder.path}/tls.crt`, key: `${folder.path}/tls.key` };
    const { child, ended, log, ...ports } = await serve([
      ...["--tls-cert-file", files.cert, "--tls-key-file", files.key],
      ...["--tls-client-ca-file", folder.write("ca.crt", authority.cert), "--tls-client-names", "a.example, b.example"],
      ...["--auth-tokens-file", folder.write("tokens", `platform:${token}\n`)],
      ...["--listen", "0.0.0.0:0", "--connect-listen", "0.0.0.0:0", "--log-level", "trace"],
    ]);
    const grpc = { ...parseAddress(ports.grpc), host: "127.0.0.1" };
    const client = await authority.issue({ dns: ["b.example"] });
    using known = grpcClient(grpc, { ca: authority.cert, pair: client });
    using stranger = grpcClient(grpc, { ca: authority.cert, pair: await authority.issue({ dns: ["c.example"] }) });
    const bearer = (value: string) => ({ headers: { authorization: `Bearer ${value}` } });
    expect((await known.call(bearer(token))).code).toBe(0);
    expect((await known.call(bearer(wrong))).code).toBe(unauthenticated);
    expect((await stranger.call(bearer(token))).code).toBe(unauthenticated);
    expect(ports.connect).toMatch(/^0\.0\.0\.0:\d+$/);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(log()).toContain('"caller":"platform"');
    const keyLines = [pair, client].flatMap(({ key }) => key.split("\n").filter((row) => row.length === 64));
    for (const secret of [token, wrong, emulator.token, ...keyLines]) expect(log()).not.toContain(secret);
  });

  test("lists its services by reflection on loopback", async () => {
    const { grpc } = await serve();
    expect(await reflectedServices(parseAddress(grpc))).toContain("c1.connector.v2.GrantsService");
  });

  test.each([
    {
      args: ["--listen", "0.0.0.0:0"],
      code: 1,
      says: /refusing to listen on 0\.0\.0\.0:0 without TLS; .*--tls-cert-file/,
    },
    {
      args: ["--listen", "0.0.0.0:0", "--tls-cert-file", "tls.crt", "--tls-key-file", "tls.key"],
      code: 1,
      says: /for everybody: say who may call, .*--auth-tokens-file/,
    },
    {
      args: ["--tls-cert-file", "nowhere.crt", "--tls-key-file", "tls.key"],
      code: 1,
      says: /nowhere\.crt cannot be read/,
    },
    { args: ["--tls-cert-file", "tls.crt"], code: 2, says: /--tls-cert-file needs --tls-key-file too/ },
    { args: ["--drain-timeout", "30"], code: 2, says: /--drain-timeout must be a duration such as 500ms, 30s/ },
    { args: ["--max-connections", "many"], code: 2, says: /--max-connections must be a whole number from 1 to/ },
  ])("refuses $args with exit code $code and says what to do", async ({ args, code, says }) => {
    const { ended, log } = start(args);
    expect(await ended).toBe(code);
    expect(log()).toMatch(says);
  });

  test.each(["--listen", "--operations-listen", "--connect-listen"])(
    "names a taken port of %s, exit code 1",
    async (option) => {
      const holder = createServer();
      await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
      const address = holder.address();
      const port = typeof address === "object" && address ? address.port : 0;
      const { ended, log } = start([option, `127.0.0.1:${port}`]);
      expect(await ended).toBe(1);
      expect(log()).toMatch(new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: .*another port with ${option}`));
      holder.close();
    },
  );
});
