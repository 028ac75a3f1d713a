import type { z } from "zod";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import {
  type EntitlementSummary,
  entitlementSummary,
  type GroupRule,
  groupRules,
  type ServicePrincipalEntitlement,
  type SingleUserEntitlement,
  servicePrincipalEntitlement,
  singleUserEntitlement,
} from "./entitlement-schemas.ts";
import type { Page } from "./graph.ts";
import { type UserEntitlement, userEntitlementPage } from "./schemas.ts";

/** Member entitlements: who has which access level, since when, and when it was last used. */
export interface MemberEntitlementApi {
  /** Pages of 100, fixed upstream; the token is in the body (facts 3.4). */
  listUsers(cursor: string, call: Call): Promise<Page<UserEntitlement>>;
  /** Users whose name or mail address begins with a text, in one page; no quote may be in it. */
  findUsers(text: string, call: Call): Promise<readonly UserEntitlement[]>;
  /** Undefined when the user has no entitlement. */
  getUser(storageKey: string, call: Call): Promise<SingleUserEntitlement | undefined>;
  /** The same of a service principal, which no listing of users has. */
  getServicePrincipal(storageKey: string, call: Call): Promise<ServicePrincipalEntitlement | undefined>;
  /** How many of which access level are bought and used, and the extensions that are counted so. */
  summary(call: Call): Promise<EntitlementSummary>;
  /** Groups whose members get an access level or an extension (no paging). */
  listGroupRules(call: Call): Promise<readonly GroupRule[]>;
}

const base = {
  area: "member-entitlements",
  method: "GET",
  version: "7.1-preview.3",
  scope: "Member Entitlement Management (Read)",
} as const;

/** Each rule can come with its members. */
const maxBytes = 64 * 1024 * 1024;

/** Of the versions that are known, the one of each path. */
const versions = { userentitlements: "7.1-preview.3", serviceprincipalentitlements: "7.1-preview.1" } as const;

export function createMemberEntitlementApi(connection: Connection): MemberEntitlementApi {
  async function getOrUndefined<T>(
    path: keyof typeof versions,
    storageKey: string,
    schema: z.ZodType<T>,
    call: Call,
  ): Promise<T | undefined> {
    const operation = {
      ...base,
      version: versions[path],
      path: `${path}/${encodeURIComponent(storageKey)}`,
      template: `${path}/{id}`,
    };
    const nullable: z.ZodType<T | null> = schema.nullable();
    try {
      return (await connection.send({ ...operation, schema: nullable }, call)).value ?? undefined;
    } catch (error) {
      // Which key names a missing entitlement is not documented; the host itself was found through its area.
      if (isConnectorError(error, "not-found", "wrong-route")) return undefined;
      throw error;
    }
  }

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
    async findUsers(text, call) {
      const path = "userentitlements";
      const query = { $filter: `name eq '${text}'` };
      const { items, members } = (
        await connection.send({ ...base, path, template: path, query, schema: userEntitlementPage }, call)
      ).value;
      return items ?? members ?? [];
    },
    getUser: (storageKey, call) => getOrUndefined("userentitlements", storageKey, singleUserEntitlement, call),
    getServicePrincipal: (storageKey, call) =>
      getOrUndefined("serviceprincipalentitlements", storageKey, servicePrincipalEntitlement, call),
    async summary(call) {
      const path = "userentitlementsummary";
      const operation = { ...base, version: "7.1-preview.2", path, template: path, schema: entitlementSummary };
      return (await connection.send(operation, call)).value;
    },
    async listGroupRules(call) {
      const path = "groupentitlements";
      const operation = { ...base, version: "7.1-preview.1", path, template: path, schema: groupRules, maxBytes };
      return (await connection.send(operation, call)).value;
    },
  };
}
