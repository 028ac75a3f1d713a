/**
 * Deterministic random numbers for the seed: the same seed gives the same organization on every machine.
 * Ids come from a hash of (seed, salt, index), not from a sequence, so adding a kind never moves the others.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
}

/** Mulberry32: small, fast, and good enough for names and sizes. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (items) => itemAt(items, below(items.length)), chance: (p) => next() < p };
}

function itemAt<T>(items: readonly T[], position: number): T {
  const item = items[position];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** A bijection of 32-bit numbers that spreads neighbours far apart. */
export function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A 32-bit number for a text (FNV-1a), used to turn salts into numbers. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return hash >>> 0;
}

/** Numbers 0..count-1 in an order that depends on the seed only (Fisher-Yates). */
export function permutation(count: number, seed: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let position = 0; position < count; position++) order[position] = position;
  const random = createRandom(mix(seed));
  for (let position = count - 1; position > 0; position--) {
    const other = random.below(position + 1);
    const held = order[position] ?? 0;
    order[position] = order[other] ?? 0;
    order[other] = held;
  }
  return order;
}
