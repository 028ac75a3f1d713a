import { expect, test } from "vitest";
import type { Reply, RequestSeen } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import { wholeStream } from "../support/stream.ts";
import { codeOf, startWorld } from "../support/world.ts";

const cancelled = 1;

test("a caller that goes away at a request of any route ends the call with CANCELLED", async () => {
  const routes = new Set<string>();
  let caller: AbortController | undefined;
  let leaving: string | undefined;
  const onRequest = ({ method, route }: RequestSeen): Reply | undefined | Promise<Reply | undefined> => {
    routes.add(`${method} ${route}`);
    if (leaving !== `${method} ${route}`) return undefined;
    caller?.abort();
    return new Promise(() => undefined); // Upstream never answers: only the abort can end this.
  };
  const world = await startWorld({ users: 10, groups: 2, projects: 2, teamsPerProject: 1, feeds: 2, onRequest });
  const sync = { optionalTypes, permissionDetail: "standard" } as const;
  await wholeStream(await world.replica({ sync }));
  const all = [...routes];
  expect(all.length).toBeGreaterThan(20);
  for (const route of all) {
    [caller, leaving] = [new AbortController(), route];
    const replica = await world.replica({ sync });
    expect(await codeOf(wholeStream(replica, {}, caller.signal)), route).toBe(cancelled);
    await replica.close();
  }
  await world.close();
}, 120_000);
