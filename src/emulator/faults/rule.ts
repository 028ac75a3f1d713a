/**
 * When a fault acts and on what; parameters of the kind stand beside it. What is left out means any:
 * `{ kind: "hang" }` leaves every request without an answer.
 */
export interface FaultRule {
  /** One of `faultKinds`. */
  readonly kind: string;
  /** Template of the route or the path below the organization, without case; `*` stands for anything. */
  readonly route?: string;
  readonly method?: string;
  /** Service host: `core`, `vssps` or `vsaex`. */
  readonly host?: string;
  /** At the n-th matching request, from 1 on, and with `times` at those that follow it. A lasting kind begins there. */
  readonly nth?: number;
  /** From the n-th matching request on. */
  readonly from?: number;
  /** How often at most; with `from` only those count that it changed. */
  readonly times?: number;
  /** Share of the matching requests, 0 to 1; the same seed gives the same ones. */
  readonly rate?: number;
  readonly seed?: number;
  /**
   * Of a write: `before`, and what was asked is not done; `after`, and it is. Without it a kind does as it always
   * does: what answers in place of the service keeps it from being done, what spoils its answer does not.
   */
  readonly effect?: "before" | "after";
  readonly [parameter: string]: string | number | undefined;
}

/** A rule at work. */
export interface FaultStatus {
  readonly id: number;
  readonly rule: FaultRule;
  /** Requests that it is about. */
  readonly matched: number;
  /** Requests that it changed; fewer when it was not due, or had nothing to change. */
  readonly applied: number;
}
