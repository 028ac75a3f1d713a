import type { AzureDevOpsClient } from "../azure-devops/client.ts";
import type { ConnectionData } from "../azure-devops/schemas.ts";
import type { Call } from "../call.ts";
import { type Headers, headerValue } from "../http/rate-limit.ts";
import { type Finding, failedBy, ok, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

export interface OrganizationFindings {
  readonly findings: readonly Finding[];
  /** Undefined when the organization could not be read at all. */
  readonly connection: ConnectionData | undefined;
}

/** Beyond it, times in reports mislead; tokens are refused at five minutes. */
const tolerableSkewMs = 60_000;

/** Whether the organization answers, what it is, whom it takes the caller for, and what time it is there. */
export async function checkOrganization(
  { connection, core }: AzureDevOpsClient,
  patience: Patience,
  call: Call,
): Promise<OrganizationFindings> {
  try {
    const { value, headers, sentAtMs, receivedAtMs } = await patience(async () => {
      const sent = Date.now();
      const answer = await core.getConnection(call);
      return { ...answer, sentAtMs: sent, receivedAtMs: Date.now() };
    });
    const challenge = await patience(() => connection.challenge(call));
    const date = typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
    const findings = [
      describeOrganization(value, connection.organization.name, challenge),
      describeClock(date, sentAtMs, receivedAtMs),
    ];
    return { connection: value, findings };
  } catch (error) {
    return { connection: undefined, findings: [failedBy("organization", error)] };
  }
}

function describeOrganization(data: ConnectionData, name: string, challenge: Headers): Finding {
  const { authenticatedUser, deploymentType, instanceId } = data;
  const who = `as ${authenticatedUser.providerDisplayName ?? authenticatedUser.id} (${kindOfCaller(authenticatedUser.subjectDescriptor)})`;
  if (deploymentType?.toLowerCase() === "onpremises") {
    return warning("organization", `${name} (${instanceId}), Azure DevOps Server, signed in ${who}`, {
      disables: "what a server does not have: access levels, and whatever the checks below miss",
      remedy: "this connector is made for Azure DevOps Services; look at the checks below",
    });
  }
  const tenant = tenantOf(challenge);
  const backing = tenant ? `backed by the Entra tenant ${tenant}` : "not backed by Entra, as far as it tells";
  return ok("organization", `${name} (${instanceId}), Azure DevOps Services, ${backing}, signed in ${who}`);
}

/** All zeros stand for Microsoft accounts (as git-credential-manager reads the header). */
const noTenant = "00000000-0000-0000-0000-000000000000";

/** Told in a header of its own, and in the challenge's authorization address. */
function tenantOf(challenge: Headers): string | undefined {
  const own = headerValue(challenge, "x-vss-resourcetenant");
  const authority = headerValue(challenge, "www-authenticate") ?? "";
  const tenant = own ?? /login\.microsoftonline\.com\/([0-9a-f-]{36})/i.exec(authority)?.[1];
  return tenant === noTenant ? undefined : tenant?.slice(0, 36);
}

const kinds: Readonly<Record<string, string>> = {
  aad: "an Entra user",
  aadsp: "a service principal",
  msa: "a Microsoft account",
  svc: "a service identity",
  win: "a Windows account",
};

function kindOfCaller(subjectDescriptor: string | null | undefined): string {
  return kinds[subjectDescriptor?.split(".", 1)[0] ?? ""] ?? "an identity of unknown kind";
}

/** The service's clock against this machine's, as exactly as a header in whole seconds allows. */
function describeClock(dateMs: number, sentAtMs: number, receivedAtMs: number): Finding {
  if (Number.isNaN(dateMs)) return ok("clock", "the answer has no date to compare with");
  const early = sentAtMs - dateMs - 1_000;
  const late = dateMs - receivedAtMs;
  const skewMs = Math.max(early, late, 0);
  if (skewMs <= tolerableSkewMs) return ok("clock", "agrees with Azure DevOps to a minute");
  const direction = early > late ? "ahead of" : "behind";
  return warning("clock", `this machine's clock is ${Math.round(skewMs / 1_000)} s ${direction} Azure DevOps`, {
    disables: "tokens with an end are refused early or late, and pauses that name a time are kept wrongly",
    remedy: "synchronize the clock (NTP)",
  });
}

/** How much the identity may still ask for. */
export function checkRateLimit({ connection }: AzureDevOpsClient): Finding {
  const { pausedUntilMs, rateLimitRemaining, rateLimitResetAtMs, rateLimitResource } = connection.budget.state;
  if (pausedUntilMs !== undefined) {
    const until = new Date(pausedUntilMs).toISOString();
    return warning("rate-limit", `Azure DevOps asks this identity to wait until ${until}`, { remedy: busyRemedy });
  }
  if (rateLimitRemaining === undefined) return ok("rate-limit", "no limit is near: Azure DevOps does not mention any");
  const until = rateLimitResetAtMs === undefined ? "" : ` until ${new Date(rateLimitResetAtMs).toISOString()}`;
  const told = `${rateLimitRemaining} units of ${rateLimitResource || "the limit"} are left${until}`;
  return warning("rate-limit", told, { disables: "speed: syncs are slowed down to stay below", remedy: busyRemedy });
}

const busyRemedy = "find out what else uses this identity, or give the connector one of its own";
