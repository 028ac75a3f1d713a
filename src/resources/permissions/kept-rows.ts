/** Resources whose rows are kept: a listing comes back to the same one for each page. */
const keptResources = 16;

/** Keeps what was made for the last few resources, while the reading that it was made from is the current one. */
export function createKeptRows<T>() {
  const kept = new Map<string, T>();
  let source: object | undefined;
  return async (from: object, key: string, make: () => Promise<T>): Promise<T> => {
    if (source !== from) kept.clear();
    source = from;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = await make();
    if (source !== from) return made;
    kept.set(key, made);
    const [oldest] = kept.keys();
    if (kept.size > keptResources && oldest !== undefined) kept.delete(oldest);
    return made;
  };
}
