import { type FaultRule, faultKinds } from "../../src/emulator/index.ts";

/** gRPC codes by name. */
export const codes = {
  deadlineExceeded: 4,
  permissionDenied: 7,
  failedPrecondition: 9,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** How a sync may end that meets a fault. */
export interface Expected {
  /** Codes of the table in `design.md` with which it may fail. */
  readonly codes: readonly number[];
  /** Once is mended by asking again: then the sync must be complete. */
  readonly mendsOnce: boolean;
  /** A refusal that says that a reading is not allowed, which some readings may be from the start of a sync. */
  readonly refusal?: boolean;
  /** Changes what the organization says of one subject, each time it is met. */
  readonly changesSubject?: boolean;
}

const transient: Expected = { codes: [codes.unavailable], mendsOnce: true };
const late: Expected = { codes: [codes.deadlineExceeded], mendsOnce: true };
const damaged: Expected = { codes: [codes.failedPrecondition], mendsOnce: true };
const refusal = (...found: number[]): Expected => ({ codes: found, mendsOnce: false, refusal: true });
const final = (...found: number[]): Expected => ({ codes: found, mendsOnce: false });
const harmless: Expected = { codes: [], mendsOnce: true };

const outcomes: Readonly<Record<string, Expected>> = {
  latency: harmless,
  "clock-skew": harmless,
  "retry-after": harmless,
  "short-page": harmless,
  "empty-page": harmless,
  "reset-after": harmless,
  status: transient,
  "too-many-requests": transient,
  "server-error": transient,
  "bad-gateway": transient,
  "unavailable-html": transient,
  "unavailable-bom": transient,
  "gateway-timeout": transient,
  "request-timeout": late,
  hang: late,
  "dripped-body": late,
  "reset-before": transient,
  "reset-headers": transient,
  "reset-body": transient,
  "truncated-json": transient,
  "not-json": transient,
  "wrong-shape": damaged,
  "deep-json": damaged,
  "repeated-page": damaged,
  "stuck-token": damaged,
  // A null says neither who it is nor that it is nobody.
  "null-member": damaged,
  // Whichever comes first, the limit of bytes or that of time.
  "endless-body": final(codes.failedPrecondition, codes.deadlineExceeded),
  "gzip-bomb": final(codes.failedPrecondition, codes.deadlineExceeded),
  "bad-request": final(codes.internal),
  "not-found-html": refusal(codes.failedPrecondition),
  "redirect-host": refusal(codes.failedPrecondition),
  forbidden: refusal(codes.permissionDenied),
  unauthorized: refusal(codes.permissionDenied, codes.unauthenticated),
  "sign-in-203": refusal(codes.unauthenticated),
  "sign-in-302": refusal(codes.unauthenticated),
  "sign-in-200": refusal(codes.unauthenticated),
  "token-expires": final(codes.unauthenticated),
  "unresolvable-host": final(codes.unavailable),
  "tls-failure": final(codes.unavailable),
  "null-identity": { ...final(codes.failedPrecondition), changesSubject: true },
  "unknown-subject-kind": { ...final(codes.failedPrecondition), changesSubject: true },
  "vanished-group": { ...final(codes.failedPrecondition), changesSubject: true },
};

/** What a fault may do to a sync; a kind that nobody thought of fails here. */
export function expectedOf({ kind }: FaultRule): Expected {
  const expected = outcomes[kind];
  if (!expected) throw new Error(`no outcome is stated for the fault ${kind}`);
  return expected;
}

/** Every fault in each of its forms. */
export const rules: readonly FaultRule[] = faultKinds.flatMap((kind) => kind.rules);
