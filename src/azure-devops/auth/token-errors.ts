import { ConnectorError, type ErrorKind, isConnectorError } from "../../errors.ts";
import type { Redactor } from "../../redaction.ts";
import type { Refusal, TokenTransport } from "./token-transport.ts";

interface Meaning {
  readonly kind: ErrorKind;
  /** The cause and the remedy. */
  readonly told: string;
}

const wrong = (told: string): Meaning => ({ kind: "unauthenticated", told });
const forbidden = (told: string): Meaning => ({ kind: "forbidden", told });

const signInAgain = "sign in again (`login`), or have the platform hand over a new token";
const federation = "look at the federated credentials of the application, which are compared letter by letter";
const byConditionalAccess = "ask who keeps the tenant's Conditional Access policies to allow this sign-in from here";

/** What Entra's numbers mean here (learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const meanings: Readonly<Record<number, Meaning>> = {
  7000215: wrong("the client secret is wrong; give the secret's value, not its id, of this application"),
  7000222: wrong("the client secret has expired; make a new one under Certificates & secrets, and give its value"),
  7000218: wrong(
    "the application wants a client secret or assertion; give its secret, or for `login` allow public client flows in its registration (Authentication)",
  ),
  700025: wrong("the application is a public client, which has no secret; leave out the client secret"),
  7000112: wrong("the application is disabled in the tenant; have it enabled, or use another one"),
  700016: wrong("the application is not in this tenant; check --azure-client-id and --azure-tenant-id"),
  700027: wrong(
    "the certificate is not one of the application's; add it under Certificates & secrets, or give the one that is there",
  ),
  700024: wrong("the assertion is not good at this time; check this machine's clock, and that its file is renewed"),
  700211: wrong(`no federated credential of the application has the issuer of the token; ${federation}`),
  700212: wrong(`no federated credential of the application has the audience of the token; ${federation}`),
  700213: wrong(`no federated credential of the application has the subject of the token; ${federation}`),
  70021: wrong(`no federated credential of the application is for this token; ${federation}`),
  90002: wrong("there is no such tenant; check --azure-tenant-id and --authority-host"),
  900023: wrong("the tenant is neither an id nor a domain of a tenant; check --azure-tenant-id"),
  500011: wrong("this tenant does not know the service; check --azure-tenant-id: it must be the one that backs it"),
  65001: forbidden("consent is missing; have an administrator consent to the application's permissions in this tenant"),
  650057: forbidden("the application does not ask for this service; add it under API permissions, and consent to it"),
  53000: forbidden(`Conditional Access wants a compliant device; ${byConditionalAccess}`),
  53001: forbidden(`Conditional Access wants a joined device; ${byConditionalAccess}`),
  53003: forbidden(`Conditional Access blocks it; ${byConditionalAccess}`),
  50076: forbidden(`a second factor is asked for; ${signInAgain}`),
  50079: forbidden(`a second factor must be set up; ${signInAgain}`),
  50011: wrong(
    "the redirect address is not registered; add http://localhost as one of a mobile and desktop application",
  ),
  50034: wrong("the account is not in this tenant; sign in with another one"),
  50057: wrong("the account is disabled; enable it or use another one"),
  50173: wrong(`the sign-in was ended, by a new password or by an administrator; ${signInAgain}`),
  54005: wrong("the code was used already; sign in again"),
  70000: wrong(`the grant is not valid (any more); ${signInAgain}`),
  70008: wrong(`the refresh token or code has expired; ${signInAgain}`),
  70043: wrong(`the refresh token has expired by a policy; ${signInAgain}`),
  700082: wrong(`the refresh token has expired, since it was not used for long; ${signInAgain}`),
  700084: wrong(`the refresh token has expired, as those of single-page applications do; ${signInAgain}`),
};

/** Without a number of Entra's: what the standard's words mean (RFC 6749 and RFC 8628). */
const meaningsOfWords: Readonly<Record<string, Meaning>> = {
  invalid_client: wrong("the application or what proves it is wrong; check its id and its secret or certificate"),
  unauthorized_client: wrong("the application is not allowed this sign-in; check its registration"),
  invalid_grant: wrong(`the grant is not valid (any more); ${signInAgain}`),
  access_denied: forbidden("the sign-in was declined"),
  authorization_declined: forbidden("the sign-in was declined"),
  expired_token: wrong("nobody signed in with the code in time; start again"),
  code_expired: wrong("nobody signed in with the code in time; start again"),
  consent_required: forbidden("consent is missing; have an administrator consent to the application's permissions"),
  temporarily_unavailable: { kind: "unavailable", told: "Microsoft Entra has trouble; try again later" },
};

/** For what a token was wanted, and what to say besides where nobody gave a reason. */
interface Wanted {
  readonly what: string;
  readonly hint?: string;
}

/** What a failed attempt to get a token means. Neither the cause nor the words repeat what was sent. */
export function tokenError(
  error: unknown,
  transport: Pick<TokenTransport, "refusal" | "failure">,
  { what, hint = "" }: Wanted,
  { redact }: Redactor,
): ConnectorError {
  const { refusal, failure } = transport;
  const own = failure ?? (isConnectorError(error) ? error : undefined);
  if (own)
    return new ConnectorError(own.kind, `no access token for ${what}: ${own.message}${hint}`, {
      cause: own.cause,
      ...retryOf(own),
    });
  if (refusal) {
    const { kind, told } = meaningOf(refusal, redact);
    return new ConnectorError(kind, `no access token for ${what}: ${told}${signsOf(refusal)}`);
  }
  const told = redact(error instanceof Error ? error.message : String(error)).slice(0, 300);
  const remedy = "check the credential's options (`config`), and --authority-host";
  return new ConnectorError("unauthenticated", `no access token for ${what}: ${told}; ${remedy}${hint}`);
}

const retryOf = ({ retryAtMs }: ConnectorError) => (retryAtMs === undefined ? {} : { retryAtMs });

function meaningOf({ error, description, codes }: Refusal, redact: Redactor["redact"]): Meaning {
  const known = codes.map((code) => meanings[code]).find((meaning) => meaning !== undefined);
  if (known) return known;
  const words = redact(description.split(/[\r\n]/, 1)[0] ?? "").slice(0, 200);
  const meaning = meaningsOfWords[error] ?? wrong("look its number up at https://login.microsoftonline.com/error");
  return { ...meaning, told: [words, meaning.told].filter(Boolean).join("; ") };
}

/** What Microsoft's support, and a search, find it by. */
function signsOf({ error, codes, traceId }: Refusal): string {
  const numbers = codes.slice(0, 3).map((code) => `AADSTS${code}`);
  const trace = /^[0-9a-f-]{36}$/i.test(traceId) ? [`trace id ${traceId}`] : [];
  return ` (${[error.slice(0, 60).replace(/[^\w.-]/g, ""), ...numbers, ...trace].join(", ")})`;
}
