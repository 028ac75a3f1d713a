import { badArgument } from "../problems.ts";
import type { Call } from "../router.ts";

/** All of the items, in the order of this reading. */
export function inAnyOrder<T>(call: Call, items: readonly T[]): readonly T[] {
  return call.readings.slice(items, call.readings.begin(), 0, items.length);
}

/** The numbers of a comma list in the query; undefined when it is not given. */
export function numbers(call: Call, name: string): ReadonlySet<number> | undefined {
  const text = call.query.get(name.toLowerCase());
  if (text === undefined || text === "") return undefined;
  return new Set(
    text.split(",").map((each) => {
      if (!/^\d+$/.test(each)) throw badArgument(`The value "${each}" of ${name} is not a whole number.`);
      return Number(each);
    }),
  );
}

/** A parameter of the path that is a number. */
export function numberParam(call: Call, name: string): number {
  const text = call.param(name);
  if (!/^\d+$/.test(text)) throw badArgument(`The value "${text}" of ${name} is not a whole number.`);
  return Number(text);
}
