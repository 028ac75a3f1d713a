import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type SecureVersion } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Address } from "../../src/server/address.ts";
import { type Authority, createAuthority, type Pair } from "../support/certificates.ts";
import { openClient, type Way } from "./clients.ts";
import { createFolder, type Folder, startTestServer, until } from "./harness.ts";

let folder: Folder;
let authority: Authority;
const pairs: Pair[] = [];

beforeAll(async () => {
  folder = createFolder();
  authority = await createAuthority();
  for (const commonName of ["first", "second", "third"]) {
    pairs.push(await authority.issue({ commonName, dns: ["localhost"], ip: ["127.0.0.1"] }));
  }
});
afterAll(() => folder[Symbol.dispose]());

const pairAt = (index: number): Pair => pairs[index] ?? { cert: "", key: "" };

/** Files as Kubernetes mounts a secret: names that lead through `..data` to the folder of a version. */
function mountSecret(name: string) {
  const path = join(folder.path, name);
  let version = 0;
  mkdirSync(path);
  function swap({ cert, key }: Pair): void {
    version += 1;
    mkdirSync(join(path, `..${version}`));
    writeFileSync(join(path, `..${version}`, "tls.crt"), cert);
    writeFileSync(join(path, `..${version}`, "tls.key"), key);
    symlinkSync(`..${version}`, join(path, "..data_tmp"));
    renameSync(join(path, "..data_tmp"), join(path, "..data"));
    rmSync(join(path, `..${version - 1}`), { recursive: true, force: true });
  }
  swap(pairAt(0));
  for (const file of ["tls.crt", "tls.key"]) symlinkSync(join("..data", file), join(path, file));
  const files = { certFile: join(path, "tls.crt"), keyFile: join(path, "tls.key") };
  return { swap, files, tls: { ...files, clientCaFile: undefined, clientNames: [] } };
}

/** The name in the certificate that a new connection is shown. */
function nameShown({ host, port }: Address, maxVersion: SecureVersion = "TLSv1.3"): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port, ca: authority.cert, ALPNProtocols: ["h2"], minVersion: "TLSv1", maxVersion } as const;
    const socket = connect({ ...options, ciphers: "DEFAULT@SECLEVEL=0" }, () => {
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      resolve(String(subject.CN));
    });
    socket.on("error", reject);
  });
}

const ways: readonly Way[] = ["grpc", "connect over HTTP/1.1", "connect over HTTP/2"];

describe("TLS", () => {
  test("of 1.2 and later is spoken by both ports, and nothing else", async () => {
    await using server = await startTestServer({ tls: mountSecret("versions").tls });
    const { grpc, connect: connectPort = grpc } = server.running;
    for (const address of [grpc, connectPort]) {
      expect(await nameShown(address)).toBe("first");
      expect(await nameShown(address, "TLSv1.2")).toBe("first");
      await expect(nameShown(address, "TLSv1.1")).rejects.toThrow();
    }
    for (const way of ["grpc", "connect over HTTP/1.1"] as const) {
      using plain = openClient(way, server.running);
      expect((await plain.call()).code).not.toBe(0);
    }
    for (const way of ways) {
      using client = openClient(way, server.running, { ca: authority.cert });
      expect(await client.call()).toMatchObject({ code: 0, said: "local" });
    }
  });

  test("shows new connections a new pair, and keeps the old one for half a pair", async () => {
    const secret = mountSecret("reload");
    await using server = await startTestServer({ tls: secret.tls });
    const { grpc, connect: connectPort = grpc } = server.running;
    using client = openClient("grpc", server.running, { ca: authority.cert });
    const running = client.wait();
    await until(() => server.waiting === 1, "the call to run");

    secret.swap(pairAt(1));
    await until(async () => (await nameShown(grpc)) === "second", "the second pair");
    expect(await nameShown(connectPort)).toBe("second");
    expect(server.log()).toContain("TLS certificate: read again");

    const [second, third] = [pairAt(1), pairAt(2)];
    const chain = `${third.cert}\n${authority.cert}`;
    for (const broken of [
      { cert: third.cert, key: second.key },
      { cert: chain.slice(0, -200), key: third.key },
      { cert: third.cert.slice(0, 200), key: third.key },
      { cert: third.cert, key: third.key.slice(0, 60) },
      { cert: "", key: "" },
    ]) {
      const before = server.log().length;
      secret.swap(broken);
      await until(() => server.log().slice(before).includes("those from before stay in use"), "the warning");
      expect(await nameShown(grpc)).toBe("second");
      expect(await nameShown(connectPort)).toBe("second");
    }
    for (const { key } of pairs) {
      for (const line of key.split("\n").filter((row) => row.length === 64)) expect(server.log()).not.toContain(line);
    }

    secret.swap(third);
    await until(async () => (await nameShown(grpc)) === "third", "the third pair");
    // The connection from before any of this goes on.
    server.release();
    expect(await running).toMatchObject({ code: 0, said: "released" });
    expect(await client.call()).toMatchObject({ code: 0 });
  });

  test("turns away clients of an authority that is no longer there", async () => {
    const others = await createAuthority("others");
    const clientCaFile = folder.write("clients.crt", `${authority.cert}\n${others.cert}`);
    await using server = await startTestServer({ tls: { ...mountSecret("authorities").tls, clientCaFile } });
    const pair = await others.issue({ dns: ["other.example"] });
    const codeNow = async () => {
      using client = openClient("grpc", server.running, { ca: authority.cert, pair });
      return (await client.call()).code;
    };
    expect(await codeNow()).toBe(0);
    folder.write("clients.crt", authority.cert);
    await until(async () => (await codeNow()) !== 0, "the refusal");
  });

  test.each([
    {
      what: "a file that is missing",
      cert: undefined,
      key: 0,
      says: /nowhere cannot be read \(ENOENT\): give the path/,
    },
    { what: "a folder", cert: "folder", key: 0, says: /cannot be read \(EISDIR\)/ },
    { what: "no certificate", cert: "hello", key: 0, says: /does not hold whole PEM certificates: give one or more/ },
    { what: "half a certificate", cert: "half", key: 0, says: /does not hold whole PEM certificates/ },
    { what: "the key of another", cert: "first", key: 1, says: /are no pair for TLS \(.*mismatch.*\): give the PEM/ },
  ])("refuses to start from $what", async ({ cert, key, says }) => {
    const texts: Readonly<Record<string, string>> = {
      hello: "hello\n",
      half: pairAt(0).cert.slice(0, 300),
      first: pairAt(0).cert,
    };
    const certFile =
      cert === undefined
        ? join(folder.path, "nowhere")
        : cert === "folder"
          ? folder.path
          : folder.write("bad.crt", texts[cert] ?? "");
    const keyFile = folder.write("bad.key", pairAt(key).key);
    const started = startTestServer({ tls: { certFile, keyFile, clientCaFile: undefined, clientNames: [] } });
    await expect(started).rejects.toThrow(says);
  });
});

describe("off loopback", () => {
  const anywhere: Address = { host: "0.0.0.0", port: 0 };

  test.each(["listen", "connectListen"] as const)(
    "%s without TLS is refused, and so is TLS for everybody",
    async (name) => {
      const { tls } = mountSecret(`exposed-${name}`);
      const exposed = { [name]: anywhere };
      const option = name === "listen" ? "--listen" : "--connect-listen";
      await expect(startTestServer(exposed)).rejects.toThrow(
        new RegExp(
          `refusing to listen on 0\\.0\\.0\\.0:0 without TLS; .*${option}.*--tls-cert-file and --tls-key-file`,
        ),
      );
      const authTokensFile = folder.write("tokens", "platform:0123456789abcdef0123\n");
      await expect(startTestServer({ ...exposed, authTokensFile })).rejects.toThrow(/without TLS/);
      await expect(startTestServer({ ...exposed, tls })).rejects.toThrow(
        new RegExp(`0\\.0\\.0\\.0:0 \\(${option}\\) for everybody: .*--tls-client-ca-file.*--auth-tokens-file`),
      );
      const clientCaFile = folder.write("ca.crt", authority.cert);
      for (const secured of [{ tls, authTokensFile }, { tls: { ...tls, clientCaFile } }]) {
        await using server = await startTestServer({ ...exposed, ...secured });
        expect(server.running.grpc.port).toBeGreaterThan(0);
      }
    },
  );
});
