import type { Call } from "../../call.ts";
import { createBudget } from "../../http/budget.ts";
import { createHttpClient } from "../../http/client.ts";
import type { CoolDownOptions } from "../../http/cool-down.ts";
import { createDispatcher, type DispatcherOptions } from "../../http/dispatcher.ts";
import type { RetryPolicy } from "../../http/retry.ts";
import { type Authorizer, type Credential, factsOf } from "../credential.ts";
import { azureDevOpsResource } from "./authority.ts";
import { createKeptRedactor } from "./kept-redactor.ts";
import type { EntraOptions } from "./options.ts";
import { createTokenCache, type TokenCache } from "./token-cache.ts";
import { tokenError } from "./token-errors.ts";
import { createTokenSource } from "./token-sources.ts";
import { createTokenTransport } from "./token-transport.ts";

export interface EntraCredentialOptions extends Pick<DispatcherOptions, "caPem" | "proxy"> {
  readonly log: Call["log"];
  readonly retry?: RetryPolicy;
  /** One try's limit. */
  readonly timeoutMs?: number;
  /** How long token endpoints are left alone after a failure. */
  readonly coolDown?: CoolDownOptions;
}

const defaultTimeoutMs = 20_000;
/** All tries to get one token. */
const patienceMs = 60_000;

/** A credential whose access tokens come from Microsoft Entra, for Azure DevOps and, where asked, for other services. */
export function createEntraCredential(
  options: EntraOptions,
  { log, retry, coolDown, timeoutMs = defaultTimeoutMs, ...route }: EntraCredentialOptions,
): Credential {
  const kept = createKeptRedactor();
  // A machine's own identity is asked for on the machine, where no proxy leads.
  const dispatcher = createDispatcher({ connections: 4, ...(options.kind === "managed-identity" ? {} : route) });
  const http = createHttpClient({
    dispatcher,
    budget: createBudget(coolDown ? { coolDown } : {}),
    timeoutMs,
    redact: kept.redact,
    ...(retry ? { retry } : {}),
  });
  const source = createTokenSource(options, kept.keep);
  const caches = new Map<string, TokenCache>();

  function cacheOf(resource: string): TokenCache {
    const found = caches.get(resource);
    if (found) return found;
    const created = createTokenCache({
      obtain: () => obtain(resource),
      onLateRenewal: (reason) => log.warn({ resource, reason }, "the access token could not be renewed yet"),
    });
    caches.set(resource, created);
    return created;
  }

  /** Under a limit of its own: one caller's deadline does not take the token from the others. */
  async function obtain(resource: string) {
    const call: Call = {
      signal: AbortSignal.timeout(patienceMs),
      deadlineMs: Date.now() + patienceMs,
      lane: "write",
      log,
      upstream: { requests: 0 },
    };
    const onToken = (slot: string, token: string) => kept.keep(`${slot} ${resource}`, token);
    const transport = createTokenTransport({ http, call, onToken });
    try {
      const token = await source(`${resource}/.default`, transport);
      kept.keep(`access_token ${resource}`, token.value);
      log.debug({ resource, until: new Date(token.expiresAtMs).toISOString() }, "an access token was obtained");
      return token;
    } catch (error) {
      const what = resource === azureDevOpsResource ? "Azure DevOps" : resource;
      const hint = options.kind === "managed-identity" ? noIdentity : "";
      throw tokenError(error, transport, { what, hint }, kept);
    }
  }

  const own = authorizerOf(cacheOf(azureDevOpsResource));
  return {
    kind: options.kind,
    ...own,
    async facts(signal) {
      return factsOf(await cacheOf(azureDevOpsResource).get(signal));
    },
    forResource: (resource) => authorizerOf(cacheOf(resource)),
    redact: kept.redact,
    holds: kept.holds,
    close: () => dispatcher.destroy(),
  };
}

const noIdentity =
  "; a managed identity is there on machines and services of Azure only, once one was assigned; elsewhere use another credential (--auth)";

const scheme = "Bearer ";

function authorizerOf(cache: TokenCache): Authorizer {
  return {
    authorization: async (signal) => `${scheme}${await cache.get(signal)}`,
    async renew(refused, signal) {
      const token = await cache.renew(refused.slice(scheme.length), signal);
      return token === undefined ? undefined : `${scheme}${token}`;
    },
  };
}
