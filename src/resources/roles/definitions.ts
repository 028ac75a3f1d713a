import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { Call } from "../../call.ts";
import { isConnectorError } from "../../errors.ts";
import { masksOf, type RoleMasks, type RoleScope } from "../../permissions/roles.ts";
import { createShared, type Shared, type SharedOptions } from "../../shared-load.ts";

/** The bits of a scope's roles, read once a scope. */
export function createRoleDefinitions(
  { securityRoles }: AzureDevOpsClient,
  life: SharedOptions,
): (scope: RoleScope, call: Call) => Promise<RoleMasks> {
  const scopes = new Map<string, Shared<RoleMasks>>();

  async function read({ id, masks }: RoleScope, call: Call): Promise<RoleMasks> {
    try {
      const told = masksOf(await securityRoles.listDefinitions(id, call));
      return Object.keys(told).length > 0 ? told : masks;
    } catch (error) {
      // The interface is in preview, and no call lists its scopes: one can be missing, of a server most of all.
      if (!isConnectorError(error, "forbidden", "not-found", "wrong-route", "bug")) throw error;
      call.log.warn({ scope: id, error: error.message }, "roles are told by their documented bits");
      return masks;
    }
  }

  return (scope, call) => {
    const known = scopes.get(scope.id) ?? createShared((own) => read(scope, own), life);
    scopes.set(scope.id, known);
    return known.get(call);
  };
}
