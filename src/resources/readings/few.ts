/** Requests that one listing has under way at once: the others of a sync wait for the same budget. */
const fewAtOnce = 8;

/** Makes something of each item, a few at a time, in order; after the first failure nothing more is begun. */
export async function mapFew<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R[]> {
  const made = new Array<R>(items.length);
  // A generator, since whoever leaves its loop by a failure ends it for the others too.
  const rest = (function* () {
    yield* items.entries();
  })();
  async function work(): Promise<void> {
    for (const [index, item] of rest) made[index] = await make(item);
  }
  await Promise.all(Array.from({ length: Math.min(fewAtOnce, items.length) }, work));
  return made;
}
