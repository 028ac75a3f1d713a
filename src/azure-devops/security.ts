import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { type AccessControlList, accessControlList, listOf } from "./schemas.ts";

/** Access control lists. */
export interface SecurityApi {
  /** Every list of a namespace in one body (no paging), or those of one token. */
  listAccessControlLists(
    namespaceId: string,
    options: { readonly token?: string },
    call: Call,
  ): Promise<readonly AccessControlList[]>;
}

/** The namespace of identities: a team's administrators are entries on the team's token. */
export const identityNamespaceId = "5a27515b-ccd7-42c9-84f1-54c998f03866";

/** A whole namespace of a large organization is tens of megabytes. */
const maxBytes = 512 * 1024 * 1024;

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
  };
}
