const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Longer than any timer can be set for. */
const maxTimerMs = 2 ** 31 - 1;

/** Milliseconds of a number with its unit, such as `500ms`, `30s`, `5m` or `1h`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,10})(ms|s|m|h)$/.exec(text.trim());
  const unit = Object.entries(units).find(([name]) => name === match?.[2])?.[1];
  const ms = Number(match?.[1]) * (unit ?? Number.NaN);
  return ms <= maxTimerMs ? ms : undefined;
}

/** The same, the other way, in the largest unit that fits. */
export function formatDuration(ms: number): string {
  const fits = Object.entries(units).findLast(([, size]) => ms >= size && ms % size === 0);
  return fits ? `${ms / fits[1]}${fits[0]}` : `${ms}ms`;
}
