import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { SecurityNamespace } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { type AccessTable, collectAccessTable, createInterner, type Interner } from "../../permissions/access-table.ts";
import { createShared, type Shared, type SharedOptions } from "../../shared-load.ts";

/** The entries of whole namespaces, one request each, and what their bits are called. */
export interface AccessTables {
  /** By namespace id in lower case. */
  definitions(call: Call): Promise<ReadonlyMap<string, SecurityNamespace>>;
  table(namespace: { readonly id: string; readonly separator: string }, call: Call): Promise<AccessTable>;
  /** Identity descriptors of all tables read so far. */
  readonly descriptors: Interner;
}

export function createAccessTables({ security }: AzureDevOpsClient, life: SharedOptions): AccessTables {
  const descriptors = createInterner();
  const tables = new Map<string, Shared<AccessTable>>();
  const definitions = createShared(async (call) => {
    return new Map((await security.listNamespaces(call)).map((definition) => [definition.id, definition]));
  }, life);
  return {
    descriptors,
    definitions: definitions.get,
    table({ id, separator }, call) {
      let table = tables.get(id);
      if (!table) {
        const createCollector = () => collectAccessTable(separator, descriptors);
        table = createShared((own) => security.readAccessControlLists(id, {}, createCollector, own), life);
        tables.set(id, table);
      }
      return table.get(call);
    },
  };
}
