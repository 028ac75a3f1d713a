import { createServer, type ServerResponse } from "node:http";
import { expect, test, vi } from "vitest";
import { listenAnywhere, startTunnelProxy } from "../../test/support/proxy.ts";
import { Secret } from "../secret.ts";
import { createDispatcher } from "./dispatcher.ts";

// For the whole file: undici goes on with the first timer that it gets.
vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

test.each(["direct", "through a proxy"])("an answer may take longer than undici's five minutes: %s", async (way) => {
  await using proxy = await startTunnelProxy();
  const { promise: asked, resolve: ask } = Promise.withResolvers<ServerResponse>();
  const server = createServer((_, response) => ask(response));
  const origin = `http://127.0.0.1:${await listenAnywhere(server)}`;
  const url = new Secret(`http://127.0.0.1:${proxy.port}`);
  const dispatcher = createDispatcher(way === "direct" ? {} : { proxy: { url, except: [] } });
  const answer = dispatcher.request({ origin, path: "/", method: "GET" }).then(({ body }) => body.text());
  answer.catch(() => undefined); // Looked at below.
  const response = await asked;
  await vi.advanceTimersByTimeAsync(400_000);
  response.write("late ");
  await vi.advanceTimersByTimeAsync(400_000);
  response.end("text");
  expect(await answer).toBe("late text");
  await dispatcher.destroy();
  server.close();
});
