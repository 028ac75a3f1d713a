import { mix, permutation } from "./prng.ts";

/** One reading of a list: its order, which its following pages keep. */
export interface Readings {
  /** Number of a new reading; always 0 when nothing is shuffled. */
  begin(): number;
  /** For lists without a token: a new reading at the first page, else the reader's last one of that list. */
  continued(list: string, reader: string, first: boolean): number;
  /** The items in the order of that reading, from an offset, `count` of them. */
  slice<T>(items: readonly T[], reading: number, offset: number, count: number): T[];
  /** Readings begun so far; a token with a higher number is none of ours. */
  readonly begun: number;
  /** Part of every continuation token of access levels; those of an older generation are stale. */
  readonly generation: number;
  /** Makes every such token stale. */
  expire(): void;
}

const keptOrders = 16;

/** The readings of one emulator. Order depends on the seed and the number of the reading only. */
export function createReadings(seed: number, shuffle: boolean): Readings {
  const orders = new Map<string, Uint32Array>();
  const last = new Map<string, number>();
  let begun = 0;
  let generation = 1;
  const begin = () => (shuffle ? ++begun : 0);
  const orderOf = (count: number, reading: number) => {
    const key = `${count}/${reading}`;
    const known = orders.get(key);
    if (known) return known;
    const order = permutation(count, mix(seed) ^ mix(reading));
    orders.set(key, order);
    const [oldest] = orders.keys();
    if (orders.size > keptOrders && oldest !== undefined) orders.delete(oldest);
    return order;
  };
  return {
    begin,
    get begun() {
      return begun;
    },
    get generation() {
      return generation;
    },
    expire: () => {
      generation++;
    },
    continued: (list, reader, first) => {
      const key = `${list} ${reader}`;
      const known = last.get(key);
      if (known !== undefined && !first) return known;
      const reading = begin();
      last.set(key, reading);
      return reading;
    },
    slice: (items, reading, offset, count) => {
      if (reading === 0) return items.slice(offset, offset + count);
      const order = orderOf(items.length, reading);
      return Array.from(order.subarray(offset, offset + count), (position) => items[position]).filter(
        (item) => item !== undefined,
      );
    },
  };
}
