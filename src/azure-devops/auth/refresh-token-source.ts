import type { AuthenticationResult } from "@azure/msal-node";
import { ConnectorError } from "../../errors.ts";
import { msalAuthority } from "./authority.ts";
import type { EntraApplication, GivenSecret } from "./options.ts";
import { currentSecret } from "./secret-file.ts";
import type { AccessToken } from "./token-cache.ts";
import type { KeepSecret, TokenSource } from "./token-source.ts";
import type { TokenTransport } from "./token-transport.ts";

export interface RefreshTokenOptions extends EntraApplication {
  readonly refreshToken: GivenSecret;
  readonly clientSecret?: GivenSecret | undefined;
}

/**
 * Access tokens for who signed in elsewhere. Entra answers each refresh token with a newer one, which is used from then
 * on; when another one is handed over, that one.
 */
export function createRefreshTokenSource(options: RefreshTokenOptions, keep: KeepSecret): TokenSource {
  let given = "";
  let newest = "";
  return async (scope, transport) => {
    const handedOver = await currentSecret(options.refreshToken);
    if (handedOver !== given) {
      given = handedOver;
      newest = handedOver;
    }
    const clientSecret = options.clientSecret && (await currentSecret(options.clientSecret));
    keep("refresh_token", newest);
    if (clientSecret !== undefined) keep("client_secret", clientSecret);
    const token = await redeem({ ...options, refreshToken: newest, clientSecret }, [scope], transport);
    newest = transport.refreshToken ?? newest;
    return token;
  };
}

export interface Redemption extends EntraApplication {
  readonly refreshToken: string;
  readonly clientSecret?: string | undefined;
}

/** Exchanges a refresh token for an access token; the transport then knows the next refresh token. */
export async function redeem(
  redemption: Redemption,
  scopes: readonly string[],
  transport: TokenTransport,
): Promise<AccessToken> {
  const { clientId, clientSecret, refreshToken } = redemption;
  const { ConfidentialClientApplication, PublicClientApplication } = await import("@azure/msal-node");
  const auth = { clientId, ...msalAuthority(redemption) };
  const system = { networkClient: transport.network, disableInternalRetries: true };
  const application =
    clientSecret === undefined
      ? new PublicClientApplication({ auth, system })
      : new ConfidentialClientApplication({ auth: { ...auth, clientSecret }, system });
  return toToken(await application.acquireTokenByRefreshToken({ refreshToken, scopes: [...scopes] }));
}

function toToken(result: AuthenticationResult | null): AccessToken {
  if (!result?.accessToken || !result.expiresOn) {
    throw new ConnectorError("unauthenticated", "the answer holds no access token");
  }
  return { value: result.accessToken, expiresAtMs: result.expiresOn.getTime() };
}
