import type { Location } from "./locations.ts";
import { define, preview, released } from "./locations.ts";

const distributedTask = define("distributedtask", ["core"]);
const serviceEndpoint = define("serviceendpoint", ["core"]);
const securityRole = define("securityroles", ["core"]);
const packaging = define("Packaging", ["feeds"]);

/** Where what roles govern is, and feeds; ids and templates as Microsoft's SDKs have them (NODE; Python SDK). */
export const roleLocations = {
  pools: distributedTask("a8c47e17-4d56-4a56-92bb-de7ea7dc65be", "pools", "_apis/{area}/{resource}/{poolId}", released),
  queues: distributedTask(
    "900fa995-c559-4923-aae7-f8424fe4fbea",
    "queues",
    "{project}/_apis/{area}/{resource}/{queueId}",
    released,
  ),
  environments: distributedTask(
    "8572b1fc-2482-47fa-8f74-7e3ed53ee54b",
    "environments",
    "{project}/_apis/{area}/{resource}/{environmentId}",
    released,
    1,
    "5.0",
  ),
  variableGroups: distributedTask(
    "f5b09dd5-9d54-45a1-8b5a-1c8287d634cc",
    "variablegroups",
    "{project}/_apis/{area}/{resource}/{groupId}",
    released,
    2,
    "3.2",
  ),
  // In no document of 7.1, so nothing says that it was released.
  secureFiles: distributedTask(
    "adcfd8bc-b184-43ba-bd84-7c8c6a2ff421",
    "securefiles",
    "{project}/_apis/{area}/{resource}/{secureFileId}",
    preview,
    1,
    "4.0",
  ),
  endpoints: serviceEndpoint(
    "e85f1c62-adfc-4b74-b618-11a150fb195e",
    "endpoints",
    "{project}/_apis/{area}/{resource}/{endpointId}",
    released,
    4,
    "4.1",
  ),
  roleDefinitions: securityRole(
    "f4cc9a86-453c-48d2-b44d-d3bd5c105f4f",
    "roledefinitions",
    "_apis/{area}/scopes/{scopeId}/{resource}",
    preview,
    1,
    "3.2",
  ),
  roleAssignments: securityRole(
    "9461c234-c84c-4ed2-b918-2f0f92ad0a35",
    "roleassignments",
    "_apis/{area}/scopes/{scopeId}/{resource}/resources/{resourceId}/{userId}",
    preview,
    1,
    "3.2",
  ),
  feeds: packaging(
    "c65009a7-474a-4ad1-8b42-7d852107ef8c",
    "Feeds",
    "{project}/_apis/{area}/{resource}/{feedId}",
    released,
    1,
    "5.0",
  ),
  feedPermissions: packaging(
    "be8c1476-86a7-44ed-b19d-aec0e9275cd8",
    "permissions",
    "{project}/_apis/{area}/Feeds/{feedId}/{resource}",
    released,
    1,
    "5.0",
  ),
  feedViews: packaging(
    "42a8502a-6785-41bc-8c16-89477d930877",
    "views",
    "{project}/_apis/{area}/Feeds/{feedId}/{resource}/{viewId}",
    released,
    1,
    "5.0",
  ),
  globalPermissions: packaging(
    "a74419ef-b477-43df-8758-3cd1cd5f56c6",
    "globalpermissions",
    "_apis/{area}/{resource}",
    released,
    1,
    "5.0",
  ),
} as const satisfies Record<string, Location>;
