import { describe, expect, test } from "vitest";
import type { RequestHook } from "../../src/emulator/index.ts";
import { bodies, echoes, headersWith, sentBy, successes } from "./echoes.ts";
import { eachAtOnce, type World } from "./world.ts";

interface Hostile {
  readonly url: string;
  hook: RequestHook;
}

const statuses = [200, 203, 302, 400, 401, 403, 404, 409, 429, 500, 503];
const workers = 6;

/** Services, and proxies before them, that answer with what they were sent. */
export function describeHostileUpstream(worldOf: () => World): void {
  let made: Promise<Hostile[]> | undefined;
  function hostiles(): Promise<Hostile[]> {
    made ??= Promise.all(
      Array.from({ length: workers }, async () => {
        const hostile: { url: string; hook: RequestHook } = { url: "", hook: () => undefined };
        hostile.url = (await worldOf().organization((request) => hostile.hook(request))).url;
        return hostile;
      }),
    );
    return made;
  }

  describe("an upstream that tells what it was sent", () => {
    test.each(Object.entries(echoes))("%s, in every header and body, with every status", async (name, echo) => {
      const world = worldOf();
      const turn = Object.keys(echoes).indexOf(name);
      const cells = Object.entries(bodies).flatMap(([where, body], row) =>
        statuses.map((status, column) => ({ where, body, status, number: row + column + turn })),
      );
      // Every two of echo, body and status meet; not every three.
      const chosen = cells.filter(({ number }) => number % 5 === 0);
      await eachAtOnce(chosen, await hostiles(), async ({ where, body, status, number }, hostile) => {
        const from = [1, 2, 5][number % 3] ?? 1;
        let asked = 0;
        hostile.hook = (request) => {
          const sent = sentBy(request);
          asked += 1;
          if (!sent || asked < from) return undefined;
          const { type, body: content } = body(echo(sent));
          return { status, headers: { ...headersWith(echo(sent)), "Content-Type": type }, body: content };
        };
        await world.run(`${name} in ${where} with ${status} from ${from}`, hostile.url);
        expect(asked, `${where} with ${status}`).toBeGreaterThanOrEqual(from);
      });
      expect(world.search.take()).toEqual([]);
    });

    test.each(Object.entries(successes))("in a good answer of %s", async (route, reply) => {
      const world = worldOf();
      const whole = ["the header", "the token", "the request", "URL-encoded", "in upper case", "in lower case"];
      // Addresses are told where they cannot be reached, so a piece of a secret in one counts too.
      const pieces = route === "_apis/resourceareas" ? ["the first half", "the end of the header"] : [];
      await eachAtOnce([...whole, ...pieces], await hostiles(), async (name, hostile) => {
        let told = 0;
        hostile.hook = (request) => {
          const sent = sentBy(request);
          if (!sent || request.route !== route) return undefined;
          told += 1;
          return reply(echoes[name]?.(sent) ?? "");
        };
        await world.run(`${name} in ${route}`, hostile.url);
        expect(told).toBeGreaterThan(0);
      });
      expect(world.search.take()).toEqual([]);
    });
  });
}
