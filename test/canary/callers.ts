import { describe, expect, test } from "vitest";
import { openClient, type Way as Protocol } from "../server/clients.ts";
import { startTestServer } from "../server/harness.ts";
import { selfSignedCertificate } from "../support/certificates.ts";
import { randomText } from "./canaries.ts";
import type { World } from "./world.ts";

const protocols: readonly Protocol[] = ["grpc", "connect over HTTP/1.1", "connect over HTTP/2", "operations port"];

/** Headers in which a caller can send a token, in the right place and form or not. */
const headers: Readonly<Record<string, (token: string) => Readonly<Record<string, string>>>> = {
  "as it should be": (token) => ({ authorization: `Bearer ${token}` }),
  "one character short": (token) => ({ authorization: `Bearer ${token.slice(1)}` }),
  "in upper case": (token) => ({ authorization: `Bearer ${token.toUpperCase()}` }),
  "without a scheme": (token) => ({ authorization: token }),
  twice: (token) => ({ authorization: `Bearer ${token} ${token}` }),
  "with another scheme": (token) => ({ authorization: `Basic ${Buffer.from(`me:${token}`).toString("base64")}` }),
  "in another header": (token) => ({ "x-api-key": token, cookie: `session=${token}` }),
  "in the request id, with a space": (token) => ({ "x-request-id": `Bearer ${token}` }),
  "in too much metadata": (token) => ({ authorization: `Bearer ${token}`, "x-padding": token.repeat(600) }),
};

/** What callers send, right and wrong, by every protocol: neither logs nor answers tell it. */
export function describeCallers(worldOf: () => World): void {
  describe("what callers send", () => {
    test.each(protocols)("by %s, right, wrong and in the wrong place", async (protocol) => {
      const world = worldOf();
      const { cert, key } = await selfSignedCertificate();
      const tls = {
        certFile: world.folder.write(`callers ${protocol.replaceAll(/\W/g, "")}.pem`, cert),
        keyFile: world.folder.write(`callers ${protocol.replaceAll(/\W/g, "")}.key`, key),
        ...{ clientCaFile: undefined, clientNames: [] },
      };
      const codes = new Set<number>();
      for (const known of [true, false]) {
        const token = known ? tokenOf(world) : world.unknownToken;
        const authTokensFile = world.folder.write("callers", `platform:${tokenOf(world)}\n${randomText(40)}\n`);
        await using server = await startTestServer({ tls, authTokensFile });
        using client = openClient(protocol, server.running, { ca: cert });
        for (const [place, headersOf] of Object.entries(headers)) {
          world.runs += 1;
          const outcome = await client.call({ headers: headersOf(token) });
          codes.add(outcome.code);
          world.search.text(`a token ${place} by ${protocol}: answer`, JSON.stringify(outcome));
        }
        world.search.text(`tokens by ${protocol}: log`, server.log());
      }
      expect([...codes].sort((a, b) => a - b)).toEqual([0, 8, 16]);
      expect(world.search.take()).toEqual([]);
    });

    test("in the address of a request", async () => {
      const world = worldOf();
      const token = tokenOf(world);
      await using server = await startTestServer({
        authTokensFile: world.folder.write("callers", `platform:${token}\n`),
      });
      const { port } = server.running.operations;
      for (const path of ["c1.connector.v2.ResourceTypesService/ListResourceTypes", "metrics", "healthz", "nothing"]) {
        world.runs += 1;
        for (const method of ["GET", "POST"]) {
          const answer = await fetch(`http://127.0.0.1:${port}/${path}?access_token=${token}&connect=v1`, { method });
          world.search.text(`a token in the address of ${path}: answer`, await answer.text());
        }
      }
      world.search.text("tokens in addresses: log", server.log());
      expect(server.log()).toContain("call refused");
      expect(world.search.take()).toEqual([]);
    });
  });
}

function tokenOf({ ways }: World): string {
  return ways.find(({ purpose }) => purpose === "callers")?.secret ?? "";
}
