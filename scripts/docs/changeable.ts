import { createHandlers } from "../../src/resources/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";

const handlers = createHandlers({
  syncTeams: true,
  syncOrganizations: true,
  permissionDetail: "all",
  skipUnusedRoles: false,
  inheritedRows: false,
  effective: false,
  optionalTypes,
  personalAccessTokens: "all",
});

/** Whether entitlements can be given and taken, as the handler of their type says; for a cell. */
export function changeCell(type: string, slugs: readonly string[]): string {
  const handler = handlers.find((each) => each.type.id === type);
  if (!handler) throw new Error(`no type ${type}`);
  return slugs.every((slug) => handler.writer?.(slug) !== undefined) ? "yes" : "no";
}
