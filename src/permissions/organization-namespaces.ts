import type { GovernedNamespace } from "./namespace.ts";
import { organizationToken } from "./own-tokens.ts";
import { organizationTokens } from "./tokens.ts";

const none: readonly string[] = [];

/** What administers the organization. Names, ids and bits as of 2026 (facts 4.2); tiers are this project's own judgement, led by facts 4.7. */
export const organizationNamespaces: readonly GovernedNamespace[] = [
  organizationWide(
    "3e65f728-f8bc-4ecd-8764-7e378b19bfa7",
    "collection",
    "Collection",
    "NAMESPACE:",
    ["namespace"],
    ":",
    {
      0: ["GENERIC_WRITE", "MANAGE_ENTERPRISE_POLICIES"],
      1: ["CREATE_PROJECTS", "MANAGE_TEMPLATE", "DELETE_FIELD", "MANAGE_TEST_CONTROLLERS"],
      2: ["TRIGGER_EVENT", "DIAGNOSTIC_TRACE"],
    },
  ),
  organizationWide(
    "1f4179b3-6bac-4d01-b421-71ea09171400",
    "server",
    "Server",
    "FrameworkGlobalSecurity",
    ["frameworkglobalsecurity"],
    "",
    {
      0: ["GenericWrite", "Impersonate"],
      1: none,
      2: ["TriggerEvent"],
    },
  ),
  organizationWide("2dab47f9-bd70-49ed-9bd5-8eb051e59c02", "process", "Process", "$PROCESS", ["$process"], ":", {
    0: ["AdministerProcessPermissions"],
    1: ["Delete"],
    2: ["Edit", "Create"],
  }),
  organizationWide(
    "a6cc6381-a1ca-4b36-b3c1-4e65211e82b6",
    "audit",
    "Audit log",
    "AllPermissions",
    ["allpermissions", "/allpermissions"],
    "",
    {
      0: ["Manage_Streams", "Delete_Streams"],
      1: ["Write"],
      2: ["Read"],
    },
  ),
  organizationWide(
    "302acaca-b667-436d-a946-87133492041c",
    "build-administration",
    "Build administration",
    "BuildPrivileges",
    ["buildprivileges"],
    "",
    {
      0: ["AdministerBuildResourcePermissions"],
      1: ["ManagePipelinePolicies", "ManageBuildResources"],
      2: ["UseBuildResources"],
    },
  ),
  organizationWide("11238e09-49f2-40c7-94d0-8f0307204ce4", "account", "Account administration", "", [""], "/", {
    0: ["Modify"],
    1: ["Create"],
    2: none,
  }),
  organizationWide(
    "445d2788-c5fb-4132-bbef-09c4045ad93f",
    "work-item-tracking",
    "Work item tracking administration",
    "WorkItemTrackingPrivileges",
    ["workitemtrackingprivileges"],
    "",
    { 0: ["ManagePermissions"], 1: ["DestroyAttachments"], 2: none },
  ),
  organizationWide(
    "66312704-deb5-43f9-b51c-ab4ff5e351c3",
    "tfvc-administration",
    "Version control privileges",
    "Global",
    ["global"],
    "",
    {
      0: ["AdminConfiguration"],
      1: ["AdminConnections"],
      2: ["CreateWorkspace", "AdminWorkspaces", "AdminShelvesets"],
    },
  ),
  organizationWide(
    "f0003bce-5f45-4f93-a25d-90fc33fe3aa9",
    "organization-data",
    "Organization level data",
    "",
    [""],
    "",
    {
      0: none,
      1: none,
      2: none,
    },
  ),
  organizationWide("83abde3a-4593-424e-b45f-9898af99034d", "usage", "Usage summary", "/", [""], "/", {
    0: none,
    1: none,
    2: none,
  }),
];

function organizationWide(
  id: string,
  slug: string,
  title: string,
  token: string,
  own: readonly string[],
  separator: string,
  tiers: GovernedNamespace["tiers"],
): GovernedNamespace {
  return {
    id,
    slug,
    title,
    covers: "organization",
    readToken: organizationTokens(...own),
    ownToken: organizationToken(token),
    separator,
    tiers,
  };
}
