import { randomUUID } from "node:crypto";
import type { Reply } from "../reply.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { Application } from "./applications.ts";
import type { Person } from "./people.ts";
import { EntraProblem } from "./problems.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import type { Asked } from "./resources.ts";
import { azureDevOps } from "./resources.ts";
import type { SignIn } from "./sign-ins.ts";

function notConsented({ clientId, displayName }: Application): EntraProblem {
  const remedy = "Send an interactive authorization request for this user and resource.";
  const message = `The user or administrator has not consented to use the application with ID '${clientId}' named '${displayName}'. ${remedy}`;
  return new EntraProblem("invalid_grant", 65001, message, "consent_required");
}

/** The scopes that a token for a person gets: those that were asked for, all of which need consent. */
export function consentedScopes(application: Application, { names, resource }: Asked): readonly string[] {
  const consented = resource === azureDevOps ? [...application.consented] : [];
  if (names.includes(".default")) {
    if (consented.length === 0) throw notConsented(application);
    return consented;
  }
  for (const name of names) {
    if (!resource.hasScope(name)) {
      const message = `The application '${application.displayName}' asked for scope '${name}' that doesn't exist on the resource '${resource.audience}'. Contact the app vendor.`;
      throw new EntraProblem("invalid_client", 650053, message);
    }
    if (!consented.includes(name)) throw notConsented(application);
  }
  return names;
}

interface Issuing {
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly tenantId: string;
  /** Of id tokens: the authority with its version. */
  readonly issuer: string;
}

/** Times and type of an access token, as every answer has them. */
export function tokenBody(token: string, expiresAtMs: number): Readonly<Record<string, unknown>> {
  const lifetime = Math.max(0, Math.round((expiresAtMs - Date.now()) / 1000));
  return { token_type: "Bearer", expires_in: lifetime, ext_expires_in: lifetime, access_token: token };
}

/** Tells the client who signed in; the libraries name the account by it. */
function clientInfo({ id }: Person, tenantId: string): string {
  return Buffer.from(JSON.stringify({ uid: id, utid: tenantId })).toString("base64url");
}

function idToken(signIn: SignIn, { accessTokens, issuer, tenantId }: Issuing): Promise<string> {
  const { application, nonce, person } = signIn;
  const now = Math.floor(Date.now() / 1000);
  return accessTokens.sign({
    aud: application.clientId,
    iss: issuer,
    iat: now,
    nbf: now,
    exp: now + 3_600,
    tid: tenantId,
    oid: person.id,
    sub: person.id,
    name: person.displayName,
    preferred_username: person.principalName,
    ver: "2.0",
    uti: randomUUID(),
    ...(nonce === undefined ? {} : { nonce }),
  });
}

/** Answers with what a person's sign-in entitles to. */
export async function signInReply(signIn: SignIn, form: URLSearchParams, issuing: Issuing): Promise<Reply> {
  const { application, asked, person } = signIn;
  const scopes = consentedScopes(application, asked);
  const { expiresAtMs, token } = await issuing.accessTokens.issue({ application, person, scopes }, asked.resource);
  const told = scopes.map((name) => `${asked.resource.audience}/${name}`).join(" ");
  return {
    status: 200,
    body: {
      ...tokenBody(token, expiresAtMs),
      scope: told,
      ...(asked.offline ? { refresh_token: issuing.refreshTokens.issue(signIn) } : {}),
      ...(asked.openid ? { id_token: await idToken(signIn, issuing) } : {}),
      ...(form.get("client_info") === "1" ? { client_info: clientInfo(person, issuing.tenantId) } : {}),
    },
  };
}
