import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What the connector tells of itself to Prometheus. */
export interface Metrics {
  onCall(call: { readonly method: string; readonly code: number; readonly durationMs: number }): void;
  /** A change was ordered; `outcome` is as its record says. */
  onChange(action: string, outcome: string): void;
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsSources {
  readonly upstreamRequests: () => ReadonlyMap<string, number>;
  readonly sessions: () => number;
}

export function createMetrics({ upstreamRequests, sessions }: MetricsSources): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const calls = new Counter({
    name: "connector_calls_total",
    help: "Calls served, by method and gRPC status code.",
    labelNames: ["method", "code"],
    registers: [register],
  });
  const durations = new Histogram({
    name: "connector_call_duration_seconds",
    help: "How long calls took, by method.",
    labelNames: ["method"],
    registers: [register],
  });
  const changes = new Counter({
    name: "connector_changes_total",
    help: "Changes ordered, by what was asked and what came of it; not_performed of Entra groups among them.",
    labelNames: ["action", "outcome"],
    registers: [register],
  });
  new Gauge({
    name: "connector_upstream_requests",
    help: "Requests sent to Azure DevOps since the start, by route.",
    labelNames: ["route"],
    registers: [register],
    collect() {
      for (const [route, count] of upstreamRequests()) this.set({ route }, count);
    },
  });
  new Gauge({
    name: "connector_sync_sessions",
    help: "Syncs whose readings are held.",
    registers: [register],
    collect() {
      this.set(sessions());
    },
  });
  return {
    onCall({ method, code, durationMs }) {
      calls.inc({ method, code });
      durations.observe({ method }, durationMs / 1000);
    },
    onChange: (action, outcome) => changes.inc({ action, outcome }),
    render: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}
