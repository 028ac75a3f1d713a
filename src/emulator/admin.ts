import { z } from "zod";
import type { Incoming } from "./answer.ts";
import type { Faults } from "./faults/index.ts";
import { faultKinds } from "./faults/kinds.ts";
import { parseRule } from "./faults/read-rule.ts";
import { nearest } from "./nearest.ts";
import type { Reply } from "./reply.ts";
import { ok } from "./reply.ts";
import type { RequestLog } from "./requests.ts";
import type { Throttle } from "./throttle/index.ts";
import { throttleRefusals } from "./throttle/options.ts";
import type { WriteLog } from "./writes.ts";

/** Steers a running emulator over its own port; nothing of it is the service's, and none of it is counted. */
export interface Admin {
  /** Undefined when the request is for the service. */
  answer(incoming: Incoming): Reply | undefined;
}

interface Steered {
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly throttle: Throttle;
  readonly writes: WriteLog;
}

const prefix = "/_emulator/";

const parameter = z.union([z.string(), z.number()]);
const ruleBody = z.union([z.string(), z.object({ kind: z.string() }).catchall(parameter)], {
  error: 'the body must be a rule, such as {"kind":"hang","nth":2}, or its text, such as "hang,nth=2"',
});
const throttleBody = z.strictObject({
  limitUnits: z.number().exactOptional(),
  windowMs: z.number().exactOptional(),
  unitsPerRequest: z.number().exactOptional(),
  maxDelayMs: z.number().exactOptional(),
  refuseBy: z.enum(throttleRefusals).exactOptional(),
});

function read<T>(schema: z.ZodType<T>, text: string): T {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new RangeError("the body is not JSON");
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new RangeError(z.prettifyError(result.error));
}

function removeFault(faults: Faults, id: string): Reply {
  if (faults.remove(Number(id))) return { status: 204 };
  return { status: 404, body: { message: `no fault has the id ${id}` } };
}

function actions({ faults, requests, throttle, writes }: Steered): Readonly<Record<string, (text: string) => Reply>> {
  return {
    "GET faults": () => ok({ faults: faults.list() }),
    "POST faults": (text) => {
      const rule = read(ruleBody, text);
      return { status: 201, body: { id: faults.add(typeof rule === "string" ? parseRule(rule) : rule) } };
    },
    "DELETE faults": () => {
      faults.clear();
      return { status: 204 };
    },
    "GET fault-kinds": () => ok({ kinds: faultKinds }),
    "GET requests": () => ok({ total: requests.total, byRoute: Object.fromEntries(requests.byRoute) }),
    "DELETE requests": () => {
      requests.reset();
      return { status: 204 };
    },
    "GET writes": () => ok({ total: writes.all.length, changes: writes.changes.length, writes: writes.all }),
    "DELETE writes": () => {
      writes.reset();
      return { status: 204 };
    },
    "GET throttle": () => ok({ usage: throttle.usage() }),
    "PUT throttle": (text) => {
      throttle.set(read(throttleBody, text));
      return { status: 204 };
    },
    "DELETE throttle": () => {
      throttle.set(undefined);
      return { status: 204 };
    },
  };
}

/** The admin routes; only a listener on loopback has them, since they ask for no credential. */
export function createAdmin(host: string, steered: Steered): Admin {
  const served = host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
  const table = actions(steered);

  function answer({ address, method, text }: Incoming): Reply | undefined {
    if (!served || !address.path.startsWith(prefix)) return undefined;
    const name = address.path.slice(prefix.length);
    const [, id] = /^faults\/(\d+)$/.exec(name) ?? [];
    if (id !== undefined && method === "DELETE") return removeFault(steered.faults, id);
    const asked = `${method} ${name}`;
    const act = table[asked];
    if (!act) return { status: 404, body: { message: `no "${asked}"${nearest(asked, Object.keys(table))}` } };
    try {
      return act(text);
    } catch (error) {
      if (error instanceof RangeError) return { status: 400, body: { message: error.message } };
      throw error;
    }
  }

  return { answer };
}
