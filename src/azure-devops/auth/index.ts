import { type Credential, personalAccessToken } from "../credential.ts";
import { bearerTokenFile } from "./bearer-file.ts";
import { createEntraCredential, type EntraCredentialOptions } from "./entra-credential.ts";
import type { CredentialOptions } from "./options.ts";

/** The credential that a configuration describes. */
export function createCredential(options: CredentialOptions, route: EntraCredentialOptions): Credential {
  if (options.kind === "personal-access-token") return personalAccessToken(options.token);
  if (options.kind === "bearer-token") return bearerTokenFile(options);
  return createEntraCredential(options, route);
}
