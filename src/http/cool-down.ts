/**
 * How long to hold everything after a refusal that names no delay: twice as long at each refusal in a row. Azure DevOps
 * may close connections or let them time out where it should refuse, and takes up to five minutes to forget; shorter
 * ceilings make it worse (facts 10.3).
 */
export interface CoolDown {
  /** Milliseconds to hold for, or undefined for a request that was sent before the last refusal: one burst counts once. */
  refused(sentAtMs: number, nowMs: number): number | undefined;
  answered(sentAtMs: number): void;
}

export interface CoolDownOptions {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const defaultCoolDown: CoolDownOptions = { firstMs: 1_000, maxMs: 300_000 };

export function createCoolDown({ firstMs, maxMs }: CoolDownOptions): CoolDown {
  let inRow = 0;
  let refusedAtMs = Number.NEGATIVE_INFINITY;
  return {
    refused(sentAtMs, nowMs) {
      if (sentAtMs < refusedAtMs) return undefined;
      refusedAtMs = nowMs;
      inRow += 1;
      return Math.min(firstMs * 2 ** (inRow - 1), maxMs);
    },
    answered(sentAtMs) {
      if (sentAtMs >= refusedAtMs) inRow = 0;
    },
  };
}
