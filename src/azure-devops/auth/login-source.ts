import { ConnectorError } from "../../errors.ts";
import { azureDevOpsResource } from "./authority.ts";
import { createLoginStore } from "./login-store.ts";
import type { LoginStoreOptions } from "./options.ts";
import { redeem } from "./refresh-token-source.ts";
import type { KeepSecret, TokenSource } from "./token-source.ts";

/** Access tokens for who signed in with `login`; the newer refresh token of each answer is kept in the place of the old. */
export function createLoginSource(options: LoginStoreOptions, keep: KeepSecret): TokenSource {
  const store = createLoginStore(options);
  return async (scope, transport) => {
    const login = await store.read();
    if (!login) {
      const told = `nobody is signed in (${store.file} is not there); sign in with \`azure-devops-connector login\``;
      throw new ConnectorError("unauthenticated", told);
    }
    keep("refresh_token", login.refreshToken);
    // For Azure DevOps what was consented to; another service's own words stand in its registration.
    const scopes = scope.startsWith(azureDevOpsResource) ? login.scopes : [scope];
    const token = await redeem(login, scopes, transport);
    const { refreshToken = login.refreshToken } = transport;
    const stored = await store.read();
    // Who signed in meanwhile stays signed in.
    if (stored?.refreshToken === login.refreshToken && refreshToken !== login.refreshToken) {
      await store.write({ ...stored, refreshToken });
    }
    return token;
  };
}
