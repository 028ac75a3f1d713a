import type { Emulator, FaultRule } from "../../src/emulator/index.ts";
import { expectedOf, rules } from "./fault-outcomes.ts";
import { judge, type Verdict } from "./fault-verdicts.ts";
import { type Outcome, poorerTokens, startOrganization, syncOnce } from "./fault-world.ts";

/** One sync that meets one fault, or several. */
export interface Cell {
  readonly name: string;
  readonly rules: readonly FaultRule[];
  readonly lasts: boolean;
  /** The request at which it happens, `METHOD template`; empty for faults all over. */
  readonly route: string;
}

/** Organizations to run cells in, side by side since they wait more than they compute. */
export interface Matrix {
  readonly complete: readonly string[];
  /** How often an undisturbed sync asks each route. */
  readonly requests: ReadonlyMap<string, number>;
  /** Runs the cells and tells those that ended wrong, with the reason. */
  wrongOf(cells: readonly Cell[]): Promise<string[]>;
  /** Size and outcome of all that was run, in words and in numbers. */
  report(name: string): { readonly text: string; readonly totals: Readonly<Record<Verdict["kind"], number>> };
  close(): Promise<void>;
}

const workers = 8;

export async function startMatrix(): Promise<Matrix> {
  const emulators = await Promise.all(Array.from({ length: workers }, startOrganization));
  const [first] = emulators;
  if (!first) throw new Error("no emulator");
  const complete = rowsOf(await syncOnce(first));
  const requests = new Map(first.requests.byRoute);
  const poorer = new Map<string, readonly string[]>();
  for (const [route, { token }] of Object.entries(poorerTokens))
    poorer.set(route, rowsOf(await syncOnce(first, token)));
  const unknown = [...poorer.keys()].filter((route) => !requests.has(route));
  if (unknown.length > 0) throw new Error(`no sync asks ${unknown.join(", ")}`);
  const totals: Record<Verdict["kind"], number> = { complete: 0, "right code": 0, poorer: 0, wrong: 0 };

  function verdictOf(cell: Cell, outcome: Outcome): Verdict {
    const standard = {
      expected: cell.rules.map(expectedOf),
      lasts: cell.lasts,
      complete,
      poorer: poorer.get(cell.route),
    };
    return judge(outcome, standard);
  }

  return {
    complete,
    requests,
    async wrongOf(cells) {
      const left = [...cells];
      const wrong: string[] = [];
      const work = async (emulator: Emulator) => {
        for (let cell = left.shift(); cell; cell = left.shift()) {
          emulator.faults.clear();
          for (const rule of cell.rules) emulator.faults.add(rule);
          const { kind, why } = verdictOf(cell, await syncOnce(emulator));
          totals[kind] += 1;
          if (kind === "wrong") wrong.push(`${cell.name}: ${why}`);
        }
        emulator.faults.clear();
      };
      await Promise.all(emulators.map(work));
      return wrong;
    },
    report(name) {
      const cells = Object.values(totals).reduce((sum, count) => sum + count);
      const asked = [...requests.values()].reduce((sum, count) => sum + count);
      const text =
        `fault matrix, ${name}: ${rules.length} faults, ${asked} requests, ${cells} cells: ${totals.complete} complete, ` +
        `${totals.poorer} without a reading whose scope was missing from the start, ${totals["right code"]} right code, ` +
        `${totals.wrong} wrong; at most ${maxRssMiB()} MiB with ${workers} organizations\n`;
      return { text, totals };
    },
    close: async () => void (await Promise.all(emulators.map((emulator) => emulator.close()))),
  };
}

export const maxRssMiB = () => Math.round(process.resourceUsage().maxRSS / 1024);

/** A fault at each request of a sync in turn: there only, or there and whenever it is asked again. */
export function* cellsOf(rule: FaultRule, requests: ReadonlyMap<string, number>, lasts: boolean): Generator<Cell> {
  for (const [route, count] of requests) {
    const [method = "", template = ""] = route.split(" ");
    for (let nth = 1; nth <= count; nth += 1) {
      const from = lasts || rule.times !== undefined;
      const at = { ...rule, method, route: template, ...(from ? { from: nth } : { nth }) };
      yield { name: `${JSON.stringify(rule)} at ${route} no. ${nth}`, rules: [at], lasts, route };
    }
  }
}

function rowsOf(outcome: Outcome): readonly string[] {
  if ("rows" in outcome) return outcome.rows;
  throw new Error(`an undisturbed sync failed: ${outcome.failure.message}`);
}
