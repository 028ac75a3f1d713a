import { expect, test } from "vitest";
import { createApp } from "../../src/app.ts";
import { personalAccessToken } from "../../src/azure-devops/credential.ts";
import { loadConnectorConfig } from "../../src/config/load.ts";
import { loadServerConfig } from "../../src/config/server.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { Secret } from "../../src/secret.ts";
import { startServer } from "../../src/server/start.ts";
import { captureLog } from "./search.ts";
import { holders } from "./ways.ts";
import type { World } from "./world.ts";

const fileOptions = [
  "config",
  "pat-file",
  "ca-file",
  "tls-cert-file",
  "tls-key-file",
  "tls-client-ca-file",
  "auth-tokens-file",
];

/** Each file that holds a secret, where another file belongs; what is said of it is searched with its causes. */
export function describeMistakenFiles(worldOf: () => World): void {
  const names = Object.keys(holders).filter((name) => holders[name]?.in === "file");

  test.each(names)("the file of %s where another file belongs", async (name) => {
    const world = worldOf();
    const way = world.ways.find(({ option, flags }) => option === name && name in flags);
    const path = String(way?.flags[name]);
    const good = world.ways.find(({ certificate }) => certificate !== undefined);
    const pair = { "tls-cert-file": world.folder.write("good.pem", good?.certificate ?? ""), ...good?.flags };
    const failures: string[] = [];
    for (const other of fileOptions.filter(
      (each) => each !== name && !(each === "pat-file" && name.startsWith("bearer")),
    )) {
      world.runs += 1;
      const pat = world.folder.write("a token", "x".repeat(52));
      const flags = { "organization-url": "https://dev.azure.com/x", "pat-file": pat, ...pair, [other]: path };
      const { log, written } = captureLog();
      try {
        const settings = loadSettings(flags, {});
        const config = loadConnectorConfig(settings);
        const app = createApp({ ...config, credential: personalAccessToken(new Secret("x".repeat(52))), log });
        const address = { host: "127.0.0.1", port: 0 };
        const listen = { listen: address, operationsListen: address, connectListen: undefined };
        const server = await startServer({ ...app, ...loadServerConfig(settings), log, ...listen });
        await server.close(0);
        await app.close();
      } catch (error) {
        failures.push(other);
        world.search.error(`${name} as ${other}`, error);
      }
      world.search.text(`${name} as ${other}: log`, written("trace"));
    }
    expect(failures.length).toBeGreaterThan(2);
    expect(world.search.take()).toEqual([]);
  });
}
