import type { Credential, CredentialFacts } from "../azure-devops/credential.ts";
import { ConnectorError } from "../errors.ts";
import { type Finding, failed, ok, warning } from "./finding.ts";

/** What Entra calls Azure DevOps (facts 9.1). */
const azureDevOpsAudiences = ["499b84ac-1321-427f-aa17-267ca6975798", "https://app.vssps.visualstudio.com"];
const soonMs = 10 * 60_000;

/** What kind of credential it is, and until when it is good, as far as it tells itself. */
export function checkCredential({ kind, facts }: Credential, nowMs: number): Finding {
  return kind === "bearer-token" ? checkBearerToken(facts, nowMs) : checkPersonalAccessToken(facts);
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

function checkBearerToken({ form, expiresAtMs, audience = [], issuer }: CredentialFacts, nowMs: number): Finding {
  if (form !== "json-web-token") {
    const remedy = form === "unknown" ? "check that the whole token was copied" : "give it with --pat-file";
    return warning("credential", "a bearer token that is no JSON web token", { remedy });
  }
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
    const told = `the access token expired at ${new Date(expiresAtMs).toISOString()}; obtain a new one`;
    return failed("credential", new ConnectorError("unauthenticated", told));
  }
  const until = expiresAtMs === undefined ? "without an end" : `until ${new Date(expiresAtMs).toISOString()}`;
  const told = `an access token of ${issuer ?? "an unknown issuer"}, valid ${until}`;
  if (!audience.some((each) => azureDevOpsAudiences.includes(each.replace(/\/$/, "")))) {
    const remedy = `obtain one for the resource ${azureDevOpsAudiences[0]}`;
    return warning("credential", `${told}, made for ${audience.join(", ") || "nobody"} and not for Azure DevOps`, {
      remedy,
    });
  }
  if (expiresAtMs !== undefined && expiresAtMs - nowMs < soonMs) {
    return warning("credential", told, {
      remedy: "obtain a new one before a sync; the file is read at the start only",
    });
  }
  return ok("credential", told);
}
