import type { JWK } from "jose";
import type { Reply } from "../reply.ts";

/** What the OpenID configuration of a tenant says (learn.microsoft.com/entra/identity-platform/v2-protocols-oidc). */
export function openIdConfiguration(authority: string, issuer: string): Reply {
  return {
    status: 200,
    body: {
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
      jwks_uri: `${authority}/discovery/v2.0/keys`,
      response_modes_supported: ["query", "form_post"],
      subject_types_supported: ["pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      response_types_supported: ["code"],
      scopes_supported: ["openid", "profile", "email", "offline_access"],
      issuer,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
      tenant_region_scope: null,
      cloud_instance_name: new URL(authority).host,
    },
  };
}

/** The clouds that an authority belongs to; this one knows itself alone. */
export function instanceDiscovery(authority: string): Reply {
  const { host } = new URL(authority);
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    },
  };
}

export function keySet(...keys: readonly JWK[]): Reply {
  return { status: 200, body: { keys } };
}
