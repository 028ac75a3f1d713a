import { withinCall } from "../../call.ts";
import { isConnectorError } from "../../errors.ts";

export interface AccessToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

/** The access token for one resource, renewed before it ends; all callers of one time wait for one request. */
export interface TokenCache {
  get(signal: AbortSignal): Promise<string>;
  /** Another token than the one that was refused; undefined when there is none to be had. */
  renew(refused: string, signal: AbortSignal): Promise<string | undefined>;
}

export interface TokenCacheOptions {
  obtain(): Promise<AccessToken>;
  /** Told when a renewal failed while the token is still good. */
  onLateRenewal(reason: string): void;
  readonly now?: () => number;
}

/** From here to its end, a token is renewed beside the work that it is good for. */
const marginMs = 5 * 60_000;
/** From here on nobody is given it: a request takes a while to arrive, and clocks differ. */
const lastMomentMs = 30_000;
/** Tokens of an hour are the rule; of one that is made for less, these shares of its life. */
const marginShare = 0.2;
const lastMomentShare = 0.05;
const afterFailureMs = 30_000;
/** A token that is refused as soon as it was renewed is not refused for its age. */
const betweenRenewalsMs = 60_000;

export function createTokenCache({ obtain, onLateRenewal, now = Date.now }: TokenCacheOptions): TokenCache {
  let kept: (AccessToken & { readonly lifeMs: number }) | undefined;
  let running: Promise<AccessToken> | undefined;
  let lateUntilMs = 0;
  let refusedAtMs = Number.NEGATIVE_INFINITY;

  function start(): Promise<AccessToken> {
    running ??= obtain()
      .then((token) => {
        kept = { ...token, lifeMs: token.expiresAtMs - now() };
        return token;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  function renewBeside(): void {
    if (running || now() < lateUntilMs) return;
    start().catch((error: unknown) => {
      lateUntilMs = now() + afterFailureMs;
      onLateRenewal(isConnectorError(error) ? error.message : String(error));
    });
  }

  return {
    async get(signal) {
      if (kept) {
        const leftMs = kept.expiresAtMs - now();
        if (leftMs > Math.min(lastMomentMs, kept.lifeMs * lastMomentShare)) {
          if (leftMs <= Math.min(marginMs, kept.lifeMs * marginShare)) renewBeside();
          return kept.value;
        }
      }
      return (await withinCall(start(), { signal })).value;
    },
    async renew(refused, signal) {
      if (kept && kept.value !== refused) return kept.value;
      if (!running && now() - refusedAtMs < betweenRenewalsMs) return undefined;
      refusedAtMs = now();
      const { value } = await withinCall(start(), { signal });
      return value === refused ? undefined : value;
    },
  };
}
