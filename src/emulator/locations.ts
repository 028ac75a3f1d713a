/** Service hosts; on Services each is a host name of its own (facts 1.1). */
export type Host = "core" | "vssps" | "vsaex" | "feeds" | "app";

/**
 * An entry of a host's route table, as `OPTIONS _apis/` gives it (facts 1.2). `released` is `0.0` for what is
 * preview only.
 */
export interface Location {
  readonly id: string;
  readonly area: string;
  readonly resource: string;
  readonly template: string;
  readonly hosts: readonly Host[];
  readonly version: number;
  readonly min: string;
  readonly max: string;
  readonly released: string;
}

const everywhere: readonly Host[] = ["core", "vssps", "vsaex", "feeds", "app"];
/** Released at 7.1, and preview only. */
export const released = "7.1";
export const preview = "0.0";

/** Defines the locations of an area. */
export function define(area: string, hosts: readonly Host[]) {
  return (id: string, resource: string, template: string, state: string, version = 1, min = "1.0"): Location => {
    return { id, area, resource, template, hosts, version, min, max: "7.2", released: state };
  };
}

const location = define("Location", everywhere);
const graph = define("Graph", ["vssps"]);
const identity = define("IMS", ["vssps"]);
const core = define("core", ["core"]);
const security = define("Security", ["core"]);

/** Ids, templates and versions as recorded and as the SDKs name them (REC OPTIONS bodies; GO, Python SDK). */
export const locations = {
  connectionData: location("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "ConnectionData", "_apis/{resource}", preview),
  resourceAreas: location(
    "e81700f7-3be2-46de-8624-2eb35882fcaa",
    "ResourceAreas",
    "_apis/{resource}/{areaId}",
    preview,
    1,
    "3.2",
  ),
  users: graph(
    "005e26ec-6b77-4e4f-a986-b3827bf241f5",
    "Users",
    "_apis/{area}/{resource}/{userDescriptor}",
    preview,
    1,
    "3.1",
  ),
  groups: graph(
    "ebbe6af8-0b91-4c13-8cf1-777c14858188",
    "Groups",
    "_apis/{area}/{resource}/{groupDescriptor}",
    preview,
    1,
    "3.1",
  ),
  servicePrincipals: graph(
    "e1dbb0ae-49cb-4532-95a1-86cd89cfcab4",
    "ServicePrincipals",
    "_apis/{area}/{resource}/{servicePrincipalDescriptor}",
    preview,
    1,
    "7.1",
  ),
  membership: graph(
    "3fd2e6ca-fb30-443a-b579-95b19ed0934c",
    "Memberships",
    "_apis/{area}/{resource}/{subjectDescriptor}/{containerDescriptor}",
    preview,
    1,
    "3.1",
  ),
  memberships: graph(
    "e34b6394-6b30-4435-94a9-409a5eef3e31",
    "MembershipsBatch",
    "_apis/{area}/Memberships/{subjectDescriptor}",
    preview,
    1,
    "3.1",
  ),
  membershipStates: graph(
    "1ffe5c94-1144-4191-907b-d0211cad36a8",
    "MembershipStates",
    "_apis/{area}/{resource}/{subjectDescriptor}",
    preview,
    1,
    "4.0",
  ),
  descriptors: graph(
    "048aee0a-7072-4cde-ab73-7af77b1e0b4e",
    "Descriptors",
    "_apis/{area}/{resource}/{storageKey}",
    released,
    1,
    "4.0",
  ),
  storageKeys: graph(
    "eb85f8cc-f0f6-4264-a5b1-ffe2e4d4801f",
    "StorageKeys",
    "_apis/{area}/{resource}/{subjectDescriptor}",
    released,
    1,
    "4.0",
  ),
  subjectLookup: graph(
    "4dd4d168-11f2-48c4-83e8-756fa0de027c",
    "SubjectLookup",
    "_apis/{area}/{resource}",
    preview,
    1,
    "4.0",
  ),
  subjectQuery: graph(
    "05942c89-006a-48ce-bb79-baeb8abf99c6",
    "SubjectQuery",
    "_apis/{area}/{resource}",
    preview,
    1,
    "5.0",
  ),
  identities: identity("28010c54-d0c0-4c89-a5b0-1c9e188b9fb7", "Identities", "_apis/{resource}/{identityId}", released),
  identityBatch: identity("299e50df-fe45-4d3a-8b5b-a5836fac74dc", "IdentityBatch", "_apis/{resource}", preview),
  projects: core("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "projects", "_apis/{resource}/{*projectId}", released, 4),
  projectProperties: core(
    "4976a71a-4487-49aa-8aab-a1eda469037a",
    "properties",
    "_apis/projects/{projectId}/{resource}",
    preview,
    1,
    "3.2",
  ),
  allTeams: core("7a4d9ee9-3433-4347-b47a-7a80f1cf307e", "teams", "_apis/{resource}", preview, 3, "4.1"),
  teams: core(
    "d30a3dd1-f8ba-442a-b86a-bd0c0c383e59",
    "teams",
    "_apis/projects/{projectId}/{resource}/{*teamId}",
    released,
    3,
  ),
  teamMembers: core(
    "294c494c-2600-4d7e-b76c-3dd50c3c95be",
    "members",
    "_apis/projects/{projectId}/teams/{teamId}/{resource}",
    released,
    2,
  ),
  securityNamespaces: security(
    "ce7b9f95-fde9-4be8-a86d-83b366f0b87a",
    "SecurityNamespaces",
    "_apis/{resource}/{securityNamespaceId}",
    released,
  ),
  accessControlLists: security(
    "18a2ad18-7571-46ae-bec7-0c7da1495885",
    "AccessControlLists",
    "_apis/{resource}/{securityNamespaceId}",
    released,
  ),
  accessControlEntries: security(
    "ac08c8ff-4323-4b08-af90-bcd018d380ce",
    "AccessControlEntries",
    "_apis/{resource}/{securityNamespaceId}",
    released,
  ),
  permissions: security(
    "dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d",
    "Permissions",
    "_apis/{resource}/{securityNamespaceId}/{permissions}",
    released,
    2,
  ),
  permissionEvaluationBatch: security(
    "cf1faa59-1b63-4448-bf04-13d981a46f5d",
    "PermissionEvaluationBatch",
    "_apis/{area}/{resource}",
    released,
    1,
    "3.0",
  ),
} as const satisfies Record<string, Location>;
