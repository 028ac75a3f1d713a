import type { Credential, CredentialFacts } from "../azure-devops/credential.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Personal access tokens for all organizations stop working (facts 8.4). */
export const globalTokensEndMs = Date.UTC(2026, 11, 1);

/** What stops working at a date that is known, as far as it can concern this connector. */
export function checkDates(kind: Credential["kind"], facts: CredentialFacts, nowMs: number): Finding {
  const isOldOAuth = facts.form === "json-web-token" && /vstoken\.visualstudio\.com/i.test(facts.issuer ?? "");
  if (isOldOAuth) {
    return warning("dates", "the token comes from Azure DevOps OAuth, which Microsoft retires in 2026", {
      remedy: "use Microsoft Entra OAuth or a personal access token of this organization",
    });
  }
  if (kind !== "personal-access-token" || nowMs >= globalTokensEndMs) return ok("dates", "nothing that is known of");
  const days = Math.ceil((globalTokensEndMs - nowMs) / 86_400_000);
  const told = `personal access tokens for all organizations stop working on 2026-12-01, in ${days} days; a token does not tell whether it is one`;
  return warning("dates", told, {
    remedy: "look it up in the user settings, under personal access tokens, and make one for this organization alone",
  });
}
