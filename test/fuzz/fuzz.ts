import fc from "fast-check";

/**
 * Runs a property so often, and prints how often it did and what came of it. The message of a failure has the smallest
 * example, and the seed and the path with which fast-check finds it again.
 */
export async function fuzz<T>(
  target: string,
  numRuns: number,
  property: fc.IRawProperty<T>,
  outcomes: () => string = () => "",
): Promise<void> {
  const details = await fc.check(property, { numRuns });
  if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  const told = outcomes();
  process.stdout.write(`fuzz: ${target}: ${details.numRuns.toLocaleString("en")} runs${told && `: ${told}`}\n`);
}

/** Counts by name, told in the order in which the names came. */
export function createTally() {
  const counts = new Map<string, number>();
  return {
    add: (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    count: (name: string) => counts.get(name) ?? 0,
    told: () => [...counts].map(([name, count]) => `${count.toLocaleString("en")} ${name}`).join(", "),
  };
}
