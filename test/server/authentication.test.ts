import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatAddress } from "../../src/server/address.ts";
import { type Authority, createAuthority, type Pair } from "../support/certificates.ts";
import { grpcClient, openClient, type Way } from "./clients.ts";
import { createFolder, type Folder, startTestServer, until } from "./harness.ts";
import { healthOf, reflectedServices } from "./standard-services.ts";

const codes = { unauthenticated: 16 };
const platformToken = "plat-3f9c1e5b7a2d4c6e8f0a1b2c";
const otherToken = "other-9e8d7c6b5a4f3e2d1c0b9a8f";
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

let folder: Folder;
let authority: Authority;
let server: Pair;
let tls: { certFile: string; keyFile: string; clientCaFile: string | undefined; clientNames: readonly string[] };

beforeAll(async () => {
  folder = createFolder();
  authority = await createAuthority();
  server = await authority.issue({ commonName: "connector", dns: ["localhost"], ip: ["127.0.0.1"] });
  tls = {
    certFile: folder.write("tls.crt", server.cert),
    keyFile: folder.write("tls.key", server.key),
    clientCaFile: undefined,
    clientNames: [],
  };
});
afterAll(() => folder[Symbol.dispose]());

const tokensFile = (name = "tokens") => folder.write(name, `# callers\nplatform:${platformToken}\n\n${otherToken} \n`);

const plaintext: readonly Way[] = ["grpc", "connect over HTTP/1.1", "operations port"];
const encrypted: readonly Way[] = ["grpc", "connect over HTTP/1.1", "connect over HTTP/2"];
const ways = [...plaintext.map((way) => ({ way, secure: false })), ...encrypted.map((way) => ({ way, secure: true }))];

describe("bearer tokens", () => {
  test.each(ways)("are asked of $way, with TLS: $secure", async ({ way, secure }) => {
    await using own = await startTestServer({
      authTokensFile: tokensFile(),
      tls: secure ? tls : undefined,
    });
    using client = openClient(way, own.running, secure ? { ca: authority.cert } : {});
    expect(await client.call({ headers: bearer(platformToken) })).toMatchObject({ code: 0, said: "platform" });
    expect(await client.call({ headers: bearer(otherToken) })).toMatchObject({ code: 0, said: "token 2" });
    expect((await client.call({ headers: { authorization: `bearer  ${otherToken}` } })).code).toBe(0);

    const secrets = ["wrong-5e4d3c2b1a0f9e8d7c6b", `${platformToken}x`, platformToken.slice(0, -1)];
    const refused = [
      await client.call(),
      ...(await Promise.all(secrets.map((secret) => client.call({ headers: bearer(secret) })))),
      await client.call({ headers: { authorization: platformToken } }),
      await client.call({ headers: { authorization: `Basic ${platformToken}` } }),
      await client.stream(),
    ];
    for (const { code, message } of refused) {
      expect([code, message]).toEqual([codes.unauthenticated, refused[0]?.message]);
    }
    expect(refused[0]?.message).toContain("authorization: Bearer");

    const log = own.log();
    expect(log).toMatch(/"level":40,[^\n]*"peer":"127\.0\.0\.1:\d+"[^\n]*"reason":"no token"[^\n]*"call refused"/);
    expect(log).toContain('"reason":"unknown token"');
    expect(log).toContain('"reason":"not a bearer token"');
    expect(log).toContain('"caller":"platform"');
    for (const secret of [...secrets, platformToken, otherToken]) expect(log).not.toContain(secret);
  });

  test("are asked in gRPC's own form of who speaks gRPC to the Connect port", async () => {
    await using own = await startTestServer({ authTokensFile: tokensFile(), tls });
    using client = grpcClient(own.running.connect ?? own.running.grpc, { ca: authority.cert });
    expect((await client.call({ headers: bearer(platformToken) })).said).toBe("platform");
    expect(await client.call()).toMatchObject({
      code: codes.unauthenticated,
      message: expect.stringContaining("`authorization: Bearer TOKEN`"),
    });
  });

  test("are read again when the file changes, and stay when it is of no use", async () => {
    const file = tokensFile("changing");
    await using own = await startTestServer({ authTokensFile: file });
    using client = openClient("grpc", own.running);
    const codeWith = async (token: string) => (await client.call({ headers: bearer(token) })).code;
    expect(await codeWith(platformToken)).toBe(0);

    const next = "next-0a1b2c3d4e5f60718293a4b5";
    folder.write("changing", `platform:${next}\n`);
    await until(async () => (await codeWith(next)) === 0, "the new token");
    expect(await codeWith(platformToken)).toBe(codes.unauthenticated);

    for (const useless of ["", `${next}\nshort\n`, "# none\n"]) {
      folder.write("changing", useless);
      const before = own.log().length;
      await until(() => own.log().slice(before).includes("those from before stay in use"), "the warning");
      expect(await codeWith(next)).toBe(0);
    }
    expect(own.log()).not.toContain(next);
  });

  test("are asked by reflection, and not by standard health", async () => {
    await using own = await startTestServer({ authTokensFile: tokensFile(), tls });
    const options = { ca: authority.cert };
    expect(await healthOf(own.running.grpc, options)).toBe("SERVING");
    expect(await reflectedServices(own.running.grpc, options)).toBe(codes.unauthenticated);
    const services = await reflectedServices(own.running.grpc, { ...options, headers: bearer(platformToken) });
    expect(services).toContain("c1.connector.v2.ConnectorService");
  });

  test.each([
    { what: "missing", text: undefined, says: /nowhere cannot be read \(ENOENT\): give the path/ },
    { what: "empty", text: "\n# nobody\n", says: /it has no token; write one token a line/ },
    { what: "with a token that is too short", text: "a:0123456789abcde\n", says: /line 1 has less than 16 characters/ },
    { what: "with a line that is none", text: "ok-0123456789abcdef\nse cret\n", says: /line 2 is neither NAME:TOKEN/ },
  ])("refuse to start from a file that is $what", async ({ text, says }) => {
    const file = text === undefined ? `${folder.path}/nowhere` : folder.write("bad-tokens", text);
    const started = startTestServer({ authTokensFile: file });
    await expect(started).rejects.toThrow(says);
    await expect(started).rejects.not.toThrow(/se cret|0123456789/);
  });
});

test("without TLS the Connect port serves no page of a browser", async () => {
  await using own = await startTestServer();
  const url = `http://${formatAddress(own.running.connect ?? own.running.grpc)}`;
  const post = async (headers: Readonly<Record<string, string>>) => {
    const init = { method: "POST", body: "{}", headers: { "content-type": "application/json", ...headers } };
    return (await fetch(`${url}/c1.connector.v2.ResourceTypesService/ListResourceTypes`, init)).status;
  };
  expect([await post({}), await post({ origin: "https://evil.example" })]).toEqual([200, 403]);
});

describe("client certificates", () => {
  const names = ["platform.example", "spiffe://example/platform", "Platform One"];

  test.each(encrypted)("are asked of %s, by name", async (way) => {
    const clientCaFile = folder.write("ca.crt", authority.cert);
    await using own = await startTestServer({ tls: { ...tls, clientCaFile, clientNames: names } });
    const outcomeOf = async (pair: Pair | undefined) => {
      using client = openClient(way, own.running, { ca: authority.cert, ...(pair ? { pair } : {}) });
      return await client.call();
    };
    const stranger = await (await createAuthority("someone else")).issue({ dns: ["platform.example"] });
    // No certificate, or one of another authority, does not get through the handshake.
    // Each client has its own code for a connection that breaks, and none for what the server said.
    for (const pair of [undefined, stranger]) {
      const { code, said } = await outcomeOf(pair);
      expect([code === 0, code === codes.unauthenticated, said]).toEqual([false, false, ""]);
    }
    const turnedDown = (reason: string) =>
      new RegExp(`"level":40[^\\n]*"peer":"127\\.0\\.0\\.1:\\d+","reason":"${reason}"[^\\n]*handshake`);
    for (const reason of ["peer did not return a certificate", "client certificate: UNABLE_TO_VERIFY_LEAF_SIGNATURE"]) {
      await until(() => turnedDown(reason).test(own.log()), `${reason} in the log`);
    }

    for (const wrong of [
      { dns: ["platform.example.evil"] },
      { commonName: "platform one" },
      { dns: ["*.example"] },
      { commonName: "x, DNS:platform.example" },
    ]) {
      const outcome = await outcomeOf(await authority.issue(wrong));
      expect([wrong, outcome.code]).toEqual([wrong, codes.unauthenticated]);
      expect(outcome.message).not.toContain("platform.example");
    }
    expect(own.log()).toContain("certificate names not allowed");

    for (const [right, said] of [
      [{ dns: ["other.example", "platform.example"] }, "platform.example"],
      [{ uri: ["spiffe://example/platform"] }, "spiffe://example/platform"],
      [{ commonName: "Platform One", dns: ["other.example"] }, "Platform One"],
    ] as const) {
      expect(await outcomeOf(await authority.issue(right))).toMatchObject({ code: 0, said });
    }
  });

  test("of any name will do without a list of names, and the services are on no port without certificates", async () => {
    const clientCaFile = folder.write("ca.crt", authority.cert);
    await using own = await startTestServer({ tls: { ...tls, clientCaFile } });
    const pair = await authority.issue({ dns: ["anybody.example"] });
    using client = openClient("grpc", own.running, { ca: authority.cert, pair });
    expect(await client.call()).toMatchObject({ code: 0, said: "anybody.example" });
    using local = openClient("operations port", own.running);
    expect((await local.call()).code).not.toBe(0);
    expect(own.log()).not.toContain('"caller":"local"');
  });

  test("and tokens are both asked where both are configured", async () => {
    const clientCaFile = folder.write("ca.crt", authority.cert);
    const authTokensFile = tokensFile();
    await using own = await startTestServer({ tls: { ...tls, clientCaFile, clientNames: names }, authTokensFile });
    const right = await authority.issue({ dns: ["platform.example"] });
    const wrong = await authority.issue({ dns: ["other.example"] });
    using client = openClient("grpc", own.running, { ca: authority.cert, pair: right });
    using other = openClient("grpc", own.running, { ca: authority.cert, pair: wrong });
    expect(await client.call({ headers: bearer(platformToken) })).toMatchObject({ code: 0, said: "platform" });
    expect((await client.call()).code).toBe(codes.unauthenticated);
    expect((await other.call({ headers: bearer(platformToken) })).code).toBe(codes.unauthenticated);
  });
});
