import type { StreamSyncResponse } from "../../gen/azuredevops/connector/v1/sync_pb.js";

/** Shows how a sync goes on: one line that is rewritten on a terminal, a line now and then elsewhere. */
export interface Progress {
  update(batch: StreamSyncResponse): void;
  done(): void;
}

export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const plainEveryMs = 2_000;
const terminalEveryMs = 100;

export function createProgress(output: ProgressOutput = process.stderr, now: () => number = Date.now): Progress {
  const startedAt = now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let last: string | undefined;
  const everyMs = output.isTTY ? terminalEveryMs : plainEveryMs;

  function show(line: string): void {
    output.write(output.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
    shownAt = now();
    last = undefined;
  }

  return {
    update({ counters, upstreamBudget }) {
      if (!counters) return;
      const { resources, entitlements, grants, upstreamRequests } = counters;
      const seconds = ((now() - startedAt) / 1000).toFixed(1);
      const paused = upstreamBudget?.pausedUntil ? ", Azure DevOps asked for a pause" : "";
      last = `${seconds} s: ${resources} resources, ${entitlements} entitlements, ${grants} grants, ${upstreamRequests} upstream requests${paused}`;
      if (now() - shownAt >= everyMs) show(last);
    },
    done() {
      if (last !== undefined) show(last);
      if (output.isTTY) output.write("\n");
    },
  };
}
