import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Page } from "./graph.ts";
import { type UserEntitlement, userEntitlement, userEntitlementPage } from "./schemas.ts";

/** Member entitlements: who has which access level, since when, and when it was last used. */
export interface MemberEntitlementApi {
  /** Pages of 100, fixed upstream; the token is in the body (facts 3.4). */
  listUsers(cursor: string, call: Call): Promise<Page<UserEntitlement>>;
  /** Undefined when the user has no entitlement. */
  getUser(storageKey: string, call: Call): Promise<UserEntitlement | undefined>;
}

const base = {
  area: "member-entitlements",
  method: "GET",
  version: "7.1-preview.3",
  scope: "Member Entitlement Management (Read)",
} as const;

export function createMemberEntitlementApi(connection: Connection): MemberEntitlementApi {
  return {
    async listUsers(cursor, call) {
      const answer = await connection.send(
        {
          ...base,
          path: "userentitlements",
          template: "userentitlements",
          query: { continuationToken: cursor || undefined },
          schema: userEntitlementPage,
        },
        call,
      );
      const { items, members, continuationToken } = answer.value;
      return { items: items ?? members ?? [], next: continuationToken || undefined };
    },
    async getUser(storageKey, call) {
      try {
        const answer = await connection.send(
          {
            ...base,
            path: `userentitlements/${encodeURIComponent(storageKey)}`,
            template: "userentitlements/{id}",
            schema: userEntitlement.nullable(),
          },
          call,
        );
        return answer.value ?? undefined;
      } catch (error) {
        // Which key names a missing entitlement is not documented; the host itself was found through its area.
        if (isConnectorError(error, "not-found", "wrong-route")) return undefined;
        throw error;
      }
    },
  };
}
