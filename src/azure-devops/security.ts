import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { type AccessControlList, accessControlList, listOf, permissionValues } from "./schemas.ts";

/** Access control lists. */
export interface SecurityApi {
  /** Every list of a namespace in one body (no paging), or those of one token. */
  listAccessControlLists(
    namespaceId: string,
    options: { readonly token?: string },
    call: Call,
  ): Promise<readonly AccessControlList[]>;
  /** Whether the caller itself has all of `bits` on each token, in order; an administrator has all there are. */
  hasPermissions(
    namespaceId: string,
    options: { readonly bits: number; readonly tokens: readonly string[] },
    call: Call,
  ): Promise<readonly boolean[]>;
}

/** The namespace of identities: a team's administrators are entries on the team's token. */
export const identityNamespaceId = "5a27515b-ccd7-42c9-84f1-54c998f03866";

/** Denied to whoever sees a part of the organization only (facts 4, 9.3). */
export const organizationLevelData = { namespaceId: "f0003bce-5f45-4f93-a25d-90fc33fe3aa9", view: 1 } as const;

/** A whole namespace of a large organization is tens of megabytes. */
const maxBytes = 128 * 1024 * 1024;

export function createSecurityApi(connection: Connection): SecurityApi {
  return {
    async listAccessControlLists(namespaceId, { token }, call) {
      const answer = await connection.send(
        {
          area: "security",
          method: "GET",
          path: `accesscontrollists/${encodeURIComponent(namespaceId)}`,
          template: "accesscontrollists/{namespace}",
          version: "7.1",
          scope: "Security (Manage)",
          query: { token },
          schema: listOf(accessControlList),
          maxBytes,
        },
        call,
      );
      return answer.value.value;
    },
    async hasPermissions(namespaceId, { bits, tokens }, call) {
      const answer = await connection.send(
        {
          area: "security",
          method: "GET",
          path: `permissions/${encodeURIComponent(namespaceId)}/${bits}`,
          template: "permissions/{namespace}/{bits}",
          version: "7.1",
          scope: "Security (Manage)",
          query: { tokens: tokens.join(tokenDelimiter), delimiter: tokenDelimiter, alwaysAllowAdministrators: true },
          schema: permissionValues,
        },
        call,
      );
      return answer.value.value;
    },
  };
}

/** Tokens hold commas, slashes and backslashes, and no line breaks. */
const tokenDelimiter = "\n";
