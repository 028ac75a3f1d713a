/**
 * How many requests may be under way at once, learnt from the answers: one more after each full round of prompt
 * answers, half as many at each sign of throttling. Signs from requests that were sent before the last cut do not
 * cut again, or one burst of refusals would shrink the limit to nothing.
 */
export interface AdaptiveLimit {
  readonly limit: number;
  prompt(): void;
  throttled(sentAtMs: number, nowMs: number): void;
}

export interface AdaptiveLimitOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

export function createAdaptiveLimit({ initial, min, max }: AdaptiveLimitOptions): AdaptiveLimit {
  let limit = Math.min(Math.max(initial, min), max);
  let promptAnswers = 0;
  let cutAtMs = Number.NEGATIVE_INFINITY;
  return {
    get limit() {
      return limit;
    },
    prompt() {
      promptAnswers += 1;
      if (promptAnswers < limit) return;
      promptAnswers = 0;
      limit = Math.min(limit + 1, max);
    },
    throttled(sentAtMs, nowMs) {
      if (sentAtMs < cutAtMs) return;
      cutAtMs = nowMs;
      promptAnswers = 0;
      limit = Math.max(Math.floor(limit / 2), min);
    },
  };
}
