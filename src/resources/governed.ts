import type { Call } from "../call.ts";
import type { ResourceHandler } from "../connector/handler.ts";
import { compareGrants } from "../connector/keyset.ts";
import type { SyncOptions } from "./options.ts";
import type { GovernedType } from "./permissions/sources.ts";
import type { Readings } from "./readings/index.ts";

type Parts = Pick<ResourceHandler<Readings>, "ownEntitlements" | "grants">;

/** Entitlements and grants of a type whose permissions stand in access control lists; none where they are not read. */
export function governed(
  type: GovernedType,
  { permissionDetail }: Pick<SyncOptions, "permissionDetail">,
  exists: (readings: Readings, id: string, call: Call) => Promise<boolean>,
): Parts {
  if (permissionDetail === "roles") return {};
  return {
    ownEntitlements: {
      async of(readings, id, whole, call) {
        if (!whole && !(await exists(readings, id, call))) return undefined;
        return readings.permissions.entitlements(type, id, call);
      },
    },
    grants: {
      resourceIds: async ({ permissions }, call) => (await permissions.index(call)).ids(type),
      has: exists,
      async of(readings, id, whole, call) {
        if (!whole && !(await exists(readings, id, call))) return undefined;
        return (await readings.permissions.grants(type, id, call)).sort(compareGrants);
      },
    },
  };
}
