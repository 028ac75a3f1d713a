import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { identityReference, optionalText } from "./references.ts";
import { listOf } from "./schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** Security roles: names for bits of a namespace, in scopes that no call lists (facts 5.2). */
export interface SecurityRoleApi {
  listDefinitions(scope: string, call: Call): Promise<readonly RoleDefinition[]>;
  /** Who has which role on a resource; an `inherited` one comes from the scope above. */
  listAssignments(scope: string, resourceId: string, call: Call): Promise<readonly RoleAssignment[]>;
  /** Gives a role in place of whichever the identity has there; an answer of 200 can mean nothing was done (facts 5.1). */
  assign(place: RolePlace, roleName: string, call: Call): Promise<Written>;
  /** Takes the role that is assigned there; an inherited one stays. */
  unassign(place: RolePlace, call: Call): Promise<Written>;
}

/** Whose role on what. */
export interface RolePlace {
  readonly scope: string;
  readonly resourceId: string;
  /** Storage key. */
  readonly identityId: string;
}

const bits = z
  .int()
  .nullish()
  .transform((value) => value ?? 0);

const roleDefinition = z
  .object({
    name: z.string(),
    displayName: optionalText,
    description: optionalText,
    allowPermissions: bits,
    denyPermissions: bits,
    scope: optionalText,
    identifier: optionalText,
  })
  .transform((role) => ({ ...role, displayName: role.displayName || role.name }));

const roleAssignment = z.object({
  /** `id` is the storage key. */
  identity: identityReference,
  role: roleDefinition,
  access: z.enum(["assigned", "inherited"]),
});

export type RoleDefinition = z.infer<typeof roleDefinition>;
export type RoleAssignment = z.infer<typeof roleAssignment>;

const base = { area: "security", method: "GET", version: "7.1-preview.1", scope: "Security (Manage)" } as const;

export function createSecurityRoleApi(connection: Connection): SecurityRoleApi {
  const assignment = (scope: string, resourceId: string, identityId: string) => ({
    ...base,
    path: `securityroles/scopes/${encodeURIComponent(scope)}/roleassignments/resources/${encodeURIComponent(resourceId)}/${encodeURIComponent(identityId)}`,
    template: "securityroles/scopes/{scope}/roleassignments/resources/{resource}/{identity}",
  });

  return {
    async assign({ scope, resourceId, identityId }, roleName, call) {
      const body = { roleName, userId: identityId };
      const operation = {
        ...assignment(scope, resourceId, identityId),
        method: "PUT",
        body,
        schema: z.unknown(),
      } as const;
      return sendWrite(connection, operation, call);
    },
    async unassign({ scope, resourceId, identityId }, call) {
      const operation = {
        ...assignment(scope, resourceId, identityId),
        method: "DELETE",
        schema: z.unknown(),
      } as const;
      return sendWrite(connection, operation, call);
    },
    async listDefinitions(scope, call) {
      const operation = {
        ...base,
        path: `securityroles/scopes/${encodeURIComponent(scope)}/roledefinitions`,
        template: "securityroles/scopes/{scope}/roledefinitions",
        schema: listOf(roleDefinition),
      };
      return (await connection.send(operation, call)).value.value;
    },
    async listAssignments(scope, resourceId, call) {
      const resource = `roleassignments/resources/${encodeURIComponent(resourceId)}`;
      const operation = {
        ...base,
        path: `securityroles/scopes/${encodeURIComponent(scope)}/${resource}`,
        template: "securityroles/scopes/{scope}/roleassignments/resources/{resource}",
        schema: listOf(roleAssignment),
      };
      return (await connection.send(operation, call)).value.value;
    },
  };
}
