import type { EntraApplication } from "./options.ts";

/** What Entra calls Azure DevOps (facts 9.1). */
export const azureDevOpsResource = "499b84ac-1321-427f-aa17-267ca6975798";

/** What the libraries know by heart; of any other host they would ask the public cloud whether it is to be trusted. */
const knownHosts: ReadonlySet<string> = new Set([
  "login.microsoftonline.com",
  "login.microsoftonline.us",
  "login.chinacloudapi.cn",
  "login.partner.microsoftonline.cn",
]);

export function isKnownAuthority(authorityHost: string): boolean {
  return knownHosts.has(new URL(authorityHost).host);
}

/** The authority of one tenant, as MSAL takes it. */
export function msalAuthority({ authorityHost, tenantId }: Omit<EntraApplication, "clientId">) {
  const authority = `${authorityHost}/${tenantId}`;
  return { authority, knownAuthorities: isKnownAuthority(authorityHost) ? [] : [new URL(authorityHost).host] };
}
