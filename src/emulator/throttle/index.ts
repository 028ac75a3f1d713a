import type { RequestSeen } from "../requests.ts";
import type { Limits, ThrottleOptions } from "./options.ts";
import { resolveLimits } from "./options.ts";
import type { Window } from "./window.ts";
import { createWindow } from "./window.ts";

/** What one credential used, and what it cost it. */
export interface Usage {
  readonly credential: string;
  /** Units in the window now. */
  readonly units: number;
  readonly limitUnits: number;
  readonly requests: number;
  readonly delayed: number;
  readonly refused: number;
  /**
   * Refused requests that the client could have known to be: an earlier answer, sent in time to be read, told of a
   * Retry-After that had not passed, or of no units left before a Reset that had not come.
   */
  readonly foretold: number;
}

/** The throttle of a running emulator. */
export interface Throttle {
  /** Sets or, by undefined, lifts the limits; what was used is forgotten. */
  set(options: ThrottleOptions | undefined): void;
  usage(): readonly Usage[];
}

/** How a request is let in. */
export interface Admission {
  readonly refuseBy?: Limits["refuseBy"];
  readonly delayMs: number;
  /** Headers of the answer, as of now: call it when the answer is made. */
  headers(): Readonly<Record<string, string>>;
  /** To be called when the answer has been sent. */
  told(headers: Readonly<Record<string, string | undefined>>): void;
}

interface Account {
  readonly window: Window;
  requests: number;
  delayed: number;
  refused: number;
  foretold: number;
  /** What answers said: from when on the client can know it, and until when it holds. */
  warnings: { readonly from: number; readonly until: number }[];
}

const headersFrom = 0.8;
/** An answer and a request may cross on the way; this long after it was sent the client has it. */
const crossingMs = 50;
const resource = "Core";

/** Rounded up: whoever waits so long has waited enough. */
const wholeSeconds = (milliseconds: number) => Math.ceil(milliseconds / 1000);

/** Headers by how much of the limit is used (facts 10.2). */
function headersOf({ limitUnits }: Limits, { window }: Account, delayMs: number, refused: boolean) {
  const used = window.used();
  const held = delayMs > 0 || refused;
  if (used < headersFrom * limitUnits && !held) return {};
  return {
    "X-RateLimit-Resource": resource,
    "X-RateLimit-Limit": String(limitUnits),
    "X-RateLimit-Remaining": String(held ? 0 : Math.max(0, Math.floor(limitUnits - used))),
    "X-RateLimit-Reset": String(wholeSeconds(window.emptyAt())),
    ...(delayMs > 0 ? { "X-RateLimit-Delay": (delayMs / 1000).toFixed(3) } : {}),
    ...(held ? { "Retry-After": String(Math.max(1, wholeSeconds(window.untilBelow(limitUnits)))) } : {}),
  };
}

function warn(account: Account, now: number, headers: Readonly<Record<string, string | undefined>>): void {
  const untils = [
    now + Number(headers["Retry-After"] ?? 0) * 1000,
    headers["X-RateLimit-Remaining"] === "0" ? Number(headers["X-RateLimit-Reset"]) * 1000 : 0,
  ];
  const until = Math.max(...untils);
  account.warnings = account.warnings.filter((warning) => warning.until > now);
  if (until > now) account.warnings.push({ from: now + crossingMs, until });
}

/** Whether the client had been told not to ask now. */
function wasForetold(account: Account, now: number): boolean {
  return account.warnings.some(({ from, until }) => from <= now && now < until);
}

/**
 * Counts units by credential, and says which requests are delayed or refused: from 80 % of the limit on headers tell,
 * from 100 % on requests are delayed, the more the nearer to 200 %, and from there on refused (facts 10.1, 10.2). A
 * refused request costs nothing.
 */
export function createThrottle(options: ThrottleOptions | undefined) {
  const accounts = new Map<string, Account>();
  let limits = options && resolveLimits(options);

  function accountOf(credential: string, { now, windowMs }: Limits): Account {
    const known = accounts.get(credential);
    if (known) return known;
    const window = createWindow(windowMs, now);
    const account = { window, requests: 0, delayed: 0, refused: 0, foretold: 0, warnings: [] };
    accounts.set(credential, account);
    return account;
  }

  /** Undefined when nothing is limited, or nobody is known to count for. */
  function admit(credential: string | undefined, request: RequestSeen): Admission | undefined {
    if (!limits || credential === undefined) return undefined;
    const own = limits;
    const account = accountOf(credential, own);
    const share = account.window.used() / own.limitUnits;
    const refused = share >= 2;
    const delayMs = share < 1 || refused ? 0 : Math.max(1, Math.round((share - 1) * own.maxDelayMs));
    account.requests++;
    if (delayMs > 0) account.delayed++;
    if (refused) {
      account.refused++;
      if (wasForetold(account, own.now())) account.foretold++;
    } else {
      account.window.add(own.unitsOf(request));
    }
    return {
      ...(refused ? { refuseBy: own.refuseBy } : {}),
      delayMs,
      headers: () => headersOf(own, account, delayMs, refused),
      told: (headers) => warn(account, own.now(), headers),
    };
  }

  const throttle: Throttle = {
    set: (next) => {
      limits = next && resolveLimits(next);
      accounts.clear();
    },
    usage: () => {
      const limitUnits = limits?.limitUnits ?? 0;
      return [...accounts].map(([credential, { delayed, foretold, refused, requests, window }]) => {
        return { credential, units: window.used(), limitUnits, requests, delayed, refused, foretold };
      });
    },
  };
  return { throttle, admit };
}
