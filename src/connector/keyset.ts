import { itemAt } from "./handler.ts";
import { compareText } from "./ids.ts";
import type { Grant } from "./model.ts";

/** What orders a grant within its resource. */
export function grantKey({ slug, principal }: Grant): string[] {
  return [slug, principal.type, principal.id];
}

/** The order of grants within a resource. */
export function compareGrants(a: Grant, b: Grant): number {
  return compareKeys(grantKey(a), grantKey(b));
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length; i += 1) {
    const order = compareText(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** The first grant past a key. */
export function firstGrantAfter(grants: readonly Grant[], key: readonly string[]): number {
  return firstIndex(grants.length, (i) => compareKeys(grantKey(itemAt(grants, i)), key) > 0);
}

/** The first index whose id is `id` or greater. */
export function indexFrom(ids: readonly string[], id: string): number {
  return firstIndex(ids.length, (i) => itemAt(ids, i) >= id);
}

/** The first index whose id is greater than `id`. */
export function indexAfter(ids: readonly string[], id: string): number {
  return firstIndex(ids.length, (i) => itemAt(ids, i) > id);
}

/** Binary search: `isPast` is false up to some index and true from there on. */
function firstIndex(length: number, isPast: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
