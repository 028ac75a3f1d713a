import type { Reply } from "../reply.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { AuthorizationCodes } from "./authorization-codes.ts";
import type { Client } from "./client-authentication.ts";
import { noProof, requireProof } from "./client-authentication.ts";
import type { DeviceCodes } from "./device-codes.ts";
import { EntraProblem, missingParameter } from "./problems.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import { azureDevOps, parseScope } from "./resources.ts";
import { signInReply, tokenBody } from "./sign-in-reply.ts";
import type { SignIn } from "./sign-ins.ts";

/** What the grants are made of. */
export interface TokenParts {
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly deviceCodes: DeviceCodes;
  readonly authorizationCodes: AuthorizationCodes;
  readonly tenantId: string;
  /** Of id tokens. */
  readonly issuer: string;
}

type Grant = (client: Client, form: URLSearchParams, parts: TokenParts) => Promise<Reply>;

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw missingParameter(name);
  return value;
}

/** A token for the application itself: roles where the resource has any, and none for Azure DevOps (facts 9.1). */
const clientCredentials: Grant = async (client, form, { accessTokens, tenantId }) => {
  const { application, isProven } = client;
  if (!isProven) throw noProof();
  const scope = required(form, "scope");
  const { names, resource } = parseScope(scope, tenantId);
  if (names.length !== 1 || names[0] !== ".default") {
    const rule =
      "Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).";
    throw new EntraProblem("invalid_scope", 1002012, `The provided value for scope ${scope} is not valid. ${rule}`);
  }
  const scopes = resource === azureDevOps ? [] : [...application.graphRoles];
  const { expiresAtMs, token } = await accessTokens.issue({ application, scopes }, resource);
  return { status: 200, body: tokenBody(token, expiresAtMs) };
};

/** A token for a person; a scope in the request takes the place of that of the sign-in. */
function personToken(signIn: SignIn, form: URLSearchParams, parts: TokenParts): Promise<Reply> {
  const scope = form.get("scope");
  const asked = scope === null ? signIn.asked : parseScope(scope, parts.tenantId);
  // Who only repeats the scopes of sign-in means the resource of before.
  const wanted = asked.names.length > 0 ? asked : { ...signIn.asked, openid: asked.openid };
  return signInReply({ ...signIn, asked: { ...wanted, offline: asked.offline || signIn.asked.offline } }, form, parts);
}

const deviceCode: Grant = async (client, form, parts) => {
  if (!client.application.isPublic) requireProof(client);
  const signIn = parts.deviceCodes.redeem(required(form, "device_code"), client.application);
  return personToken(signIn, form, parts);
};

const authorizationCode: Grant = async (client, form, parts) => {
  requireProof(client);
  const signIn = parts.authorizationCodes.redeem(
    required(form, "code"),
    client.application,
    required(form, "redirect_uri"),
    form.get("code_verifier"),
  );
  return personToken(signIn, form, parts);
};

const refreshToken: Grant = async (client, form, parts) => {
  requireProof(client);
  const signIn = parts.refreshTokens.redeem(required(form, "refresh_token"), client.application);
  return personToken({ ...signIn, nonce: undefined }, form, parts);
};

const grants: ReadonlyMap<string, Grant> = new Map([
  ["client_credentials", clientCredentials],
  ["urn:ietf:params:oauth:grant-type:device_code", deviceCode],
  ["device_code", deviceCode],
  ["authorization_code", authorizationCode],
  ["refresh_token", refreshToken],
]);

/** The grant that a request names. */
export function grantOf(form: URLSearchParams): Grant {
  const name = required(form, "grant_type");
  const grant = grants.get(name);
  if (grant) return grant;
  throw new EntraProblem("unsupported_grant_type", 70003, `The app requested an unsupported grant type '${name}'.`);
}
