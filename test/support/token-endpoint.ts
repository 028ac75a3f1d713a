import { createServer } from "node:https";
import { text } from "node:stream/consumers";
import { UnsecuredJWT } from "jose";
import { selfSignedCertificate } from "./certificates.ts";

export interface TokenRequest {
  readonly path: string;
  readonly form: URLSearchParams;
}

export interface TokenReply {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server over HTTPS that answers as an authority of Microsoft Entra does, as far as a test says. */
export interface TokenEndpoint extends AsyncDisposable {
  readonly authorityHost: string;
  /** Its own authority, to be trusted. */
  readonly caPem: string;
  /** What was asked of the token endpoint. */
  readonly requests: readonly TokenRequest[];
}

export const tenantId = "11111111-2222-3333-4444-555555555555";
export const clientId = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

/** A token of an application, `hour` seconds long unless told otherwise. */
export function applicationToken(claims: Readonly<Record<string, unknown>> = {}): string {
  return new UnsecuredJWT({ tid: tenantId, appid: clientId, idtyp: "app", jti: crypto.randomUUID(), ...claims })
    .setIssuer(`https://sts.windows.net/${tenantId}/`)
    .setAudience("499b84ac-1321-427f-aa17-267ca6975798")
    .setExpirationTime(Math.floor(Date.now() / 1000) + hour)
    .encode();
}

const hour = 3600;

export function tokenReply(more: Readonly<Record<string, unknown>> = {}): TokenReply {
  return { body: { token_type: "Bearer", expires_in: hour, access_token: applicationToken(), ...more } };
}

/** A refusal as Entra words it. */
export function refusal(code: number, error = "invalid_client", words = "Something is wrong."): TokenReply {
  const description = `AADSTS${code}: ${words}\r\nTrace ID: 0000\r\nTimestamp: 2026-11-22 12:00:00Z`;
  return {
    status: error === "invalid_client" ? 401 : 400,
    body: {
      error,
      error_description: description,
      error_codes: [code],
      trace_id: "12345678-1234-1234-1234-123456789012",
    },
  };
}

export async function startTokenEndpoint(
  reply: (request: TokenRequest, index: number) => TokenReply | Promise<TokenReply> = () => tokenReply(),
): Promise<TokenEndpoint> {
  const requests: TokenRequest[] = [];
  const { cert, key } = await selfSignedCertificate();
  let authorityHost = "";
  const server = createServer({ cert, key }, async (message, response) => {
    const path = message.url ?? "";
    const body = await text(message);
    const send = ({ status = 200, body: answer, headers = {} }: TokenReply) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(answer));
    };
    if (path.endsWith("/.well-known/openid-configuration")) {
      const base = `${authorityHost}/${path.split("/")[1]}`;
      return send({
        body: {
          issuer: `${base}/v2.0`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
        },
      });
    }
    const request = { path, form: new URLSearchParams(body) };
    requests.push(request);
    send(await reply(request, requests.length - 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server has no port");
  authorityHost = `https://localhost:${address.port}`;
  return {
    authorityHost,
    caPem: cert,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
