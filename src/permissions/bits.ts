/** The single bits of a mask, ascending. Masks come as signed or unsigned 32-bit numbers, and larger ones are not excluded. */
export function* bitsOf(mask: number): Generator<number> {
  let rest = mask < 0 ? mask + 2 ** 32 : mask;
  for (let bit = 1; rest > 0; bit *= 2) {
    if (rest % 2 === 1) yield bit;
    rest = Math.floor(rest / 2);
  }
}

export function hasBit(mask: number, bit: number): boolean {
  const unsigned = mask < 0 ? mask + 2 ** 32 : mask;
  return Math.floor(unsigned / bit) % 2 === 1;
}

/** What is in `mask` and not in `without`. */
export function withoutBits(mask: number, without: number): number {
  let left = 0;
  for (const bit of bitsOf(mask)) if (!hasBit(without, bit)) left += bit;
  return left;
}

/** What is in both masks. */
export function commonBits(mask: number, other: number): number {
  return withoutBits(mask, withoutBits(mask, other));
}

/** What is in any of the masks. */
export function joinBits(masks: readonly number[]): number {
  return masks.reduce((all, mask) => all + withoutBits(mask, all), 0);
}
