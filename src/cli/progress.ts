import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";
import { createGrantPosition } from "./position.ts";

/** Shows how a sync goes on: one line that is rewritten on a terminal, a line now and then elsewhere. */
export interface Progress {
  update(batch: StreamSyncResponse): void;
  /** The upstream budget holds the sync until about then. */
  readonly held: (untilMs: number) => void;
  done(): void;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressOptions {
  readonly output?: ProgressOutput;
  readonly now?: () => number;
  /** What the terminal calls itself; a `dumb` one cannot rewrite a line. */
  readonly terminal?: string | undefined;
}

const plainEveryMs = 2_000;
const terminalEveryMs = 100;
/** Shorter pauses are part of the pace. */
const worthTellingMs = 2_000;
/** Sooner, an estimate would be a guess. */
const estimateAfterMs = 1_000;

export function createProgress(options: ProgressOptions = {}): Progress {
  const { output = process.stderr, now = Date.now, terminal = process.env.TERM } = options;
  const rewrites = output.isTTY === true && terminal !== "dumb";
  const startedAtMs = now();
  const position = createGrantPosition();
  let grantsSinceMs: number | undefined;
  let shownAtMs = Number.NEGATIVE_INFINITY;
  let last: string | undefined;
  let heldUntilMs = 0;

  function show(line: string): void {
    // A line that wraps could not be rewritten.
    const room = Math.max((output.columns ?? 80) - 1, 20);
    output.write(rewrites ? `\r\u001b[2K${line.slice(0, room)}` : `${line}\n`);
    shownAtMs = now();
    last = undefined;
  }

  /** What is left, as far as it can be told: the grants are read in the order of their resources. */
  function estimate(nowMs: number): string {
    const { fraction } = position;
    if (fraction === undefined || grantsSinceMs === undefined) return "";
    const share = `, ${Math.floor(fraction * 100)} % of what can have grants`;
    const spentMs = nowMs - grantsSinceMs;
    if (spentMs < estimateAfterMs || fraction === 1) return share;
    return `${share}, about ${formatSeconds((spentMs / fraction) * (1 - fraction))} left`;
  }

  return {
    update(batch) {
      const { counters, upstreamBudget } = batch;
      if (!counters) return;
      const nowMs = now();
      position.add(batch);
      if (position.fraction !== undefined) grantsSinceMs ??= nowMs;
      const { resources, entitlements, grants, upstreamRequests } = counters;
      const elapsedMs = nowMs - startedAtMs;
      const rows = Number(resources + entitlements + grants);
      const rate = elapsedMs > 0 ? `, ${Math.round((rows / elapsedMs) * 1_000)} rows/s` : "";
      const paused = upstreamBudget?.pausedUntil ? ", Azure DevOps asked for a pause" : "";
      last = `${(elapsedMs / 1_000).toFixed(1)} s: ${resources} resources, ${entitlements} entitlements, ${grants} grants, ${upstreamRequests} upstream requests${rate}${batch.complete ? "" : estimate(nowMs)}${paused}`;
      if (nowMs - shownAtMs >= (rewrites ? terminalEveryMs : plainEveryMs)) show(last);
    },
    held(untilMs) {
      const nowMs = now();
      if (untilMs - nowMs < worthTellingMs || untilMs <= heldUntilMs) return;
      heldUntilMs = untilMs;
      const elapsed = ((nowMs - startedAtMs) / 1_000).toFixed(1);
      show(
        `${elapsed} s: Azure DevOps limits this identity; the sync goes on in about ${formatSeconds(untilMs - nowMs)}`,
      );
    },
    done() {
      if (last !== undefined) show(last);
      if (rewrites && shownAtMs > Number.NEGATIVE_INFINITY) output.write("\n");
    },
  };
}

function formatSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
