import { z } from "zod";
import type { Call } from "../call.ts";
import { ConnectorError, type ErrorKind } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { type GraphUser, graphUser, rowsOf } from "./schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** The licence of an access level as it is written (facts 6.1). */
export interface LevelToSet {
  readonly licensingSource: string;
  readonly accountLicenseType: string;
  readonly msdnLicenseType?: string | undefined;
  readonly gitHubLicenseType?: string | undefined;
}

/** People and service principals are addressed on paths of their own. */
export type EntitlementPath = "userentitlements" | "serviceprincipalentitlements";

/** Who is to be brought in: people by object id in Entra or by sign-in name, service principals by object id. */
export interface Newcomer {
  readonly path: EntitlementPath;
  readonly objectId?: string | undefined;
  /** By the name alone, people whom the directory does not know are invited (facts 3.4). */
  readonly principalName?: string | undefined;
}

/** Who was brought in, as far as the answer tells. */
export interface Added {
  readonly storageKey: string | undefined;
  readonly subject: GraphUser | undefined;
}

/** Changes of member entitlements. Their answers have status 200 when they failed too: the body decides (facts 3.4). */
export interface EntitlementWriteApi {
  /** Brings somebody in, or back in, with a level; who has one already can get the new one by it. */
  add(newcomer: Newcomer, level: LevelToSet, call: Call): Promise<Written & Added>;
  /** Takes level and memberships away; access through groups of Entra comes back at the next sign-in. */
  remove(path: EntitlementPath, storageKey: string, call: Call): Promise<Written>;
  setLevel(path: EntitlementPath, storageKey: string, level: LevelToSet, call: Call): Promise<Written>;
}

const failure = z.object({ key: z.union([z.int(), z.string()]).nullish(), value: z.string().nullish() });

const operationResult = z.object({ isSuccess: z.boolean(), errors: rowsOf(failure).nullish() });

/** The failed say nothing of whom they are about, or zeros. */
const addition = z.object({
  isSuccess: z.boolean(),
  operationResult: operationResult
    .extend({
      userId: z.string().nullish(),
      servicePrincipalId: z.string().nullish(),
      result: z.object({ user: graphUser.nullish(), servicePrincipal: graphUser.nullish() }).nullish(),
    })
    .nullish(),
});

/** One result, or one for each operation. */
export const writeResult = z.object({
  isSuccess: z.boolean(),
  operationResult: operationResult.nullish(),
  operationResults: rowsOf(operationResult).nullish(),
});

export const writeVersions = {
  userentitlements: "7.1-preview.3",
  serviceprincipalentitlements: "7.1-preview.1",
} as const;

/** What every change of them is sent with. */
export const entitlementChange = {
  area: "member-entitlements",
  scope: "Member Entitlement Management (Read & write)",
} as const;

export function createEntitlementWriteApi(connection: Connection): EntitlementWriteApi {
  return {
    async add({ path, objectId, principalName }, level, call) {
      const isUser = path === "userentitlements";
      const named = objectId === undefined ? { principalName } : { origin: "aad", originId: objectId };
      const member = { ...named, subjectKind: isUser ? "user" : "servicePrincipal" };
      const operation = {
        ...entitlementChange,
        method: "POST",
        version: writeVersions[path],
        path,
        template: path,
        body: { accessLevel: level, [isUser ? "user" : "servicePrincipal"]: member },
        schema: addition,
      } as const;
      const { value, activityId } = await sendWrite(connection, operation, call);
      mustHaveSucceeded(`POST ${path}`, value);
      const { userId, servicePrincipalId, result } = value.operationResult ?? {};
      const told = (isUser ? userId : servicePrincipalId)?.toLowerCase();
      const storageKey = told && /[1-9a-f]/.test(told) ? told : undefined;
      return { activityId, storageKey, subject: result?.user ?? result?.servicePrincipal ?? undefined };
    },
    async remove(path, storageKey, call) {
      const operation = {
        ...entitlementChange,
        method: "DELETE",
        version: writeVersions[path],
        path: `${path}/${encodeURIComponent(storageKey)}`,
        template: `${path}/{id}`,
        schema: z.unknown(),
      } as const;
      return sendWrite(connection, operation, call);
    },
    async setLevel(path, storageKey, level, call) {
      const template = `${path}/{id}`;
      const operation = {
        ...entitlementChange,
        method: "PATCH",
        version: writeVersions[path],
        path: `${path}/${encodeURIComponent(storageKey)}`,
        template,
        contentType: "application/json-patch+json",
        body: [{ op: "replace", path: "/accessLevel", value: level }],
        schema: writeResult,
      } as const;
      const { value, activityId } = await sendWrite(connection, operation, call);
      mustHaveSucceeded(`PATCH ${template}`, value);
      return { activityId };
    },
  };
}

/** What keys stand for; the words beside them are of the organization's language (facts 3.4, 11.2). */
const kinds = new Map<string, { readonly kind: ErrorKind; readonly hint: string }>([
  [
    "5000",
    { kind: "invalid-request", hint: "name them by their mail address or by their object id in Microsoft Entra" },
  ],
  [
    "5005",
    {
      kind: "refused",
      hint: "no seat of that access level is left, or it cannot be given: look at Billing in the organization's settings",
    },
  ],
  ["5032", { kind: "forbidden", hint: "let the connector's identity add users to the organization" }],
  ["5102", { kind: "refused", hint: "they are outside the directory, and the organization does not invite outsiders" }],
]);

/** Fails when the body says that something was not done. */
export function mustHaveSucceeded(route: string, result: z.infer<typeof writeResult>): void {
  const parts = [...(result.operationResult ? [result.operationResult] : []), ...(result.operationResults ?? [])];
  const failed = parts.filter(({ isSuccess }) => !isSuccess);
  if (result.isSuccess && failed.length === 0) return;
  const errors = (failed.length > 0 ? failed : parts).flatMap((part) => part.errors ?? []);
  const known = errors.flatMap(({ key }) => kinds.get(String(key ?? "")) ?? [])[0];
  const told = errors.map(({ key, value }) => [key, value].filter(Boolean).join(" ").slice(0, 300)).join("; ");
  const hint = known?.hint ?? "Azure DevOps refuses it";
  throw new ConnectorError(known?.kind ?? "refused", `${route}: ${told || "it failed without a reason"}; ${hint}`);
}
