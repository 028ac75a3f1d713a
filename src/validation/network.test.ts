import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect, test, vi } from "vitest";
import { failureFrom, testCall } from "../../test/support/calls.ts";
import { listenAnywhere } from "../../test/support/proxy.ts";
import { parseOrganizationUrl } from "../azure-devops/organization-url.ts";
import { ConnectorError } from "../errors.ts";
import { checkTls } from "./network.ts";

test("a handshake that nobody answers ends with its call, and holds nothing open", async () => {
  const server = createServer();
  const port = await listenAnywhere(server);
  const connection = once(server, "connection");
  const organization = parseOrganizationUrl(`https://127.0.0.1:${port}/fabrikam`);
  const controller = new AbortController();
  const call = testCall({ signal: controller.signal });
  const failure = failureFrom(checkTls({ organization, throughProxy: false }, (run) => run(), call));
  const [socket]: Socket[] = await connection;
  let closed = false;
  socket?.resume().on("close", () => {
    closed = true;
  });
  controller.abort(new ConnectorError("canceled", "interrupted"));
  expect((await failure).message).toBe("interrupted");
  await vi.waitFor(() => expect(closed).toBe(true), { timeout: 5_000 });
  server.close();
});
