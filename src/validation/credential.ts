import type { Credential, CredentialFacts } from "../azure-devops/credential.ts";
import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import { type Finding, failed, failedBy, ok, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

/** What Entra calls Azure DevOps (facts 9.1). */
const azureDevOpsAudiences = ["499b84ac-1321-427f-aa17-267ca6975798", "https://app.vssps.visualstudio.com"];
const soonMs = 10 * 60_000;

/** What the credential tells of itself, or why there is no token to tell anything of. */
export async function obtainFacts(
  credential: Credential,
  patience: Patience,
  call: Call,
): Promise<{ readonly facts: CredentialFacts | undefined; readonly finding: Finding }> {
  try {
    const facts = await patience(() => credential.facts(call.signal));
    return { facts, finding: ok("credential", "it tells of itself") };
  } catch (error) {
    return { facts: undefined, finding: failedBy("credential", error) };
  }
}

/** What kind of credential it is, and until when it is good, as far as it tells itself. */
export function checkCredential(kind: Credential["kind"], facts: CredentialFacts, nowMs: number): Finding {
  if (kind === "personal-access-token") return checkPersonalAccessToken(facts);
  return kind === "bearer-token" ? checkBearerToken(facts, nowMs) : describeEntra(kind, facts);
}

const kinds: Readonly<Record<Exclude<Credential["kind"], "personal-access-token" | "bearer-token">, string>> = {
  "client-secret": "a client secret",
  certificate: "a client certificate",
  "workload-identity": "workload identity federation",
  "managed-identity": "a managed identity",
  "refresh-token": "a refresh token that was handed over",
  login: "a login that is kept here",
};

/** A token that was obtained, which is renewed before it ends. */
function describeEntra(kind: keyof typeof kinds, facts: CredentialFacts): Finding {
  const { tenantId, clientId, expiresAtMs } = facts;
  const until = expiresAtMs === undefined ? "" : `, until ${new Date(expiresAtMs).toISOString()} and renewed before`;
  const told = `${kinds[kind]}: application ${clientId ?? "unknown"} in tenant ${tenantId ?? "unknown"}${until}`;
  return ok("credential", `${told}; ${callerOf(facts)}`);
}

function callerOf({ isApplication, user, scopes = [], roles = [] }: CredentialFacts): string {
  if (!isApplication) return `on behalf of ${user ?? "a user"}, with the scopes ${scopes.join(", ") || "(none told)"}`;
  const told = roles.length > 0 ? ` (roles: ${roles.join(", ")})` : "";
  return `the application by itself${told}: it has no scopes, its permissions in the organization decide`;
}

function checkPersonalAccessToken({ form }: CredentialFacts): Finding {
  const expiry = "it does not tell when it expires, at the latest a year after it was made";
  if (form === "marked") return ok("credential", `a personal access token; ${expiry}`);
  if (form === "unmarked") return ok("credential", `a personal access token of the older form; ${expiry}`);
  if (form === "json-web-token") {
    const remedy = "give it with --bearer-token-file";
    return warning("credential", "an access token (JWT), given as a personal access token", { remedy });
  }
  const remedy = "if Azure DevOps refuses it, check that the whole token was copied, and nothing besides";
  return warning("credential", `it has not the form of a personal access token; ${expiry}`, { remedy });
}

function checkBearerToken(facts: CredentialFacts, nowMs: number): Finding {
  const { form, expiresAtMs, audience = [], issuer } = facts;
  if (form !== "json-web-token") {
    const remedy = form === "unknown" ? "check that the whole token was copied" : "give it with --pat-file";
    return warning("credential", "a bearer token that is no JSON web token", { remedy });
  }
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
    const told = `the access token expired at ${new Date(expiresAtMs).toISOString()}; obtain a new one`;
    return failed("credential", new ConnectorError("unauthenticated", told));
  }
  const until = expiresAtMs === undefined ? "without an end" : `until ${new Date(expiresAtMs).toISOString()}`;
  const caller = facts.clientId === undefined ? "" : `; ${callerOf(facts)}`;
  const told = `an access token of ${issuer ?? "an unknown issuer"}, valid ${until}${caller}`;
  if (!audience.some((each) => azureDevOpsAudiences.includes(each.replace(/\/$/, "")))) {
    const remedy = `obtain one for the resource ${azureDevOpsAudiences[0]}`;
    return warning("credential", `${told}, made for ${audience.join(", ") || "nobody"} and not for Azure DevOps`, {
      remedy,
    });
  }
  if (expiresAtMs !== undefined && expiresAtMs - nowMs < soonMs) {
    return warning("credential", told, {
      remedy: "write a new one into the file before a sync; it is read again when it changes",
    });
  }
  return ok("credential", told);
}
