import {
  nodeTokens,
  organizationTokens,
  projectTokens,
  type ReadToken,
  readIdentityToken,
  readProjectToken,
  readRepositoryToken,
  readVersionControlToken,
} from "./tokens.ts";

/**
 * How much harm a right can do: 0 control plane (gives itself any other right), 1 production or secrets, 2 contributes,
 * 3 reads or is a convenience.
 */
export type Tier = 0 | 1 | 2 | 3;

/** A security namespace whose entries are reported. Its actions are loaded; what is here no definition tells. */
export interface GovernedNamespace {
  /** Two namespaces share a name, so they are known by id (facts 4.1). */
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  /** Whose entitlements its tokens give, besides those of parts of it; `role` where they are told as roles. */
  readonly covers: "organization" | "project" | "repository" | "role";
  readonly readToken: ReadToken;
  /** Between the parts of a token; "" where tokens do not inherit. */
  readonly separator: string;
  /** Actions by name that are not of tier 3. */
  readonly tiers: Readonly<Record<0 | 1 | 2, readonly string[]>>;
  /** Actions on which a deny holds for administrators too; true for all (facts 4.5). */
  readonly denyBindsAdministrators?: true | readonly string[];
  /** False for a Stakeholder in a private project, whatever the entries say (facts 4.5, 6.1). */
  readonly needsLicence?: true;
}

const none: readonly string[] = [];

/** Names, ids and bits as of 2026 (facts 4.2); tiers are this project's own judgement, led by facts 4.7. */
export const governedNamespaces: readonly GovernedNamespace[] = [
  {
    id: "52d39943-cb85-4d7f-8fa8-c6baac873819",
    slug: "project",
    title: "Project",
    covers: "project",
    readToken: readProjectToken,
    separator: ":",
    tiers: {
      0: ["GENERIC_WRITE"],
      1: [
        "DELETE",
        "UPDATE_VISIBILITY",
        "BYPASS_RULES",
        "CHANGE_PROCESS",
        "MANAGE_PROPERTIES",
        "MANAGE_SYSTEM_PROPERTIES",
      ],
      2: [
        "RENAME",
        "SUPPRESS_NOTIFICATIONS",
        "ADMINISTER_BUILD",
        "START_BUILD",
        "EDIT_BUILD_STATUS",
        "UPDATE_BUILD",
        "PUBLISH_TEST_RESULTS",
        "DELETE_TEST_RESULTS",
        "MANAGE_TEST_ENVIRONMENTS",
        "MANAGE_TEST_CONFIGURATIONS",
        "WORK_ITEM_DELETE",
        "WORK_ITEM_MOVE",
        "WORK_ITEM_PERMANENTLY_DELETE",
        "BYPASS_PROPERTY_CACHE",
        "AGILETOOLS_PLANS",
      ],
    },
    denyBindsAdministrators: ["WORK_ITEM_DELETE", "WORK_ITEM_PERMANENTLY_DELETE"],
  },
  {
    id: "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87",
    slug: "git",
    title: "Git Repositories",
    covers: "repository",
    readToken: readRepositoryToken,
    separator: "/",
    tiers: {
      0: ["Administer", "ManagePermissions"],
      1: ["ForcePush", "PolicyExempt", "PullRequestBypassPolicy", "EditPolicies", "DeleteRepository"],
      2: [
        "GenericContribute",
        "CreateBranch",
        "CreateTag",
        "ManageNote",
        "CreateRepository",
        "RenameRepository",
        "RemoveOthersLocks",
        "PullRequestContribute",
        "ViewAdvSecAlerts",
        "DismissAdvSecAlerts",
        "ManageAdvSecScanning",
        "ManageEnterpriseLiveMigrations",
      ],
    },
    needsLicence: true,
  },
  {
    id: "33344d9c-fc72-4d6f-aba5-fa317101a7e9",
    slug: "build",
    title: "Build",
    covers: "project",
    readToken: projectTokens("", "folder or pipeline"),
    separator: "/",
    tiers: {
      0: ["AdministerBuildPermissions"],
      1: [
        "EditBuildDefinition",
        "DeleteBuildDefinition",
        "DeleteBuilds",
        "DestroyBuilds",
        "OverrideBuildCheckInValidation",
      ],
      2: [
        "EditBuildQuality",
        "RetainIndefinitely",
        "ManageBuildQualities",
        "UpdateBuildInformation",
        "QueueBuilds",
        "ManageBuildQueue",
        "StopBuilds",
        "CreateBuildDefinition",
        "EditPipelineQueueConfigurationPermission",
        "ManageStageRunOrderPermission",
        "AbandonBuilds",
      ],
    },
    denyBindsAdministrators: true,
  },
  {
    id: "c788c23e-1b46-4162-8f5e-d7585343b5de",
    slug: "release",
    title: "Release management",
    covers: "project",
    readToken: projectTokens("", "folder, release pipeline or stage"),
    separator: "/",
    tiers: {
      0: ["AdministerReleasePermissions"],
      1: [
        "EditReleaseDefinition",
        "DeleteReleaseDefinition",
        "DeleteReleases",
        "ManageReleaseApprovers",
        "ManageDeployments",
        "EditReleaseEnvironment",
        "DeleteReleaseEnvironment",
      ],
      2: ["ManageReleases", "CreateReleases", "ManageReleaseSettings", "ManageTaskHubExtension"],
    },
    denyBindsAdministrators: true,
  },
  {
    id: "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2",
    slug: "tagging",
    title: "Tagging",
    covers: "project",
    readToken: projectTokens("", "tag"),
    separator: "/",
    tiers: { 0: none, 1: none, 2: ["Create", "Update", "Delete"] },
  },
  {
    id: "83e28ad4-2d72-4ceb-97b0-c7726d5502c3",
    slug: "area",
    title: "Area paths (CSS)",
    covers: "project",
    readToken: nodeTokens("area node"),
    separator: ":",
    tiers: {
      0: none,
      1: ["GENERIC_WRITE", "DELETE"],
      2: ["CREATE_CHILDREN", "WORK_ITEM_WRITE", "MANAGE_TEST_PLANS", "MANAGE_TEST_SUITES", "WORK_ITEM_SAVE_COMMENT"],
    },
  },
  {
    id: "bf7bfa03-b2b7-47db-8113-fa2e002cc5b1",
    slug: "iteration",
    title: "Iteration paths",
    covers: "project",
    readToken: nodeTokens("iteration node"),
    separator: ":",
    tiers: { 0: none, 1: ["GENERIC_WRITE", "DELETE"], 2: ["CREATE_CHILDREN"] },
  },
  {
    id: "d34d3680-dfe5-4cc6-a949-7d9c68f73cba",
    slug: "analytics-views",
    title: "Analytics views",
    covers: "project",
    readToken: projectTokens("$/shared", "view"),
    separator: "/",
    tiers: { 0: ["ManagePermissions"], 1: none, 2: ["Edit", "Delete"] },
  },
  {
    id: "f6a4de49-dbe2-4704-86dc-f8ec1a294436",
    slug: "task-group",
    title: "Task groups (MetaTask)",
    covers: "project",
    readToken: projectTokens("", "task group"),
    separator: "/",
    tiers: { 0: ["Administer"], 1: ["Edit", "Delete"], 2: none },
  },
  {
    id: "8adf73b7-389a-4276-b638-fe1653f7efc7",
    slug: "dashboard",
    title: "Dashboards",
    covers: "project",
    readToken: projectTokens("$", "dashboard"),
    separator: "/",
    tiers: { 0: ["ManagePermissions"], 1: none, 2: ["Create", "Edit", "Delete", "MaterializeDashboards"] },
  },
  {
    id: "bed337f8-e5f3-4fb9-80da-81e17d06e7a8",
    slug: "plan",
    title: "Delivery plans",
    covers: "project",
    readToken: projectTokens("plan", "plan"),
    separator: "/",
    tiers: { 0: ["Manage"], 1: none, 2: ["Edit", "Delete"] },
  },
  {
    id: "71356614-aad7-4757-8f2c-0fb3bff6f680",
    slug: "query",
    title: "Shared queries",
    covers: "project",
    readToken: projectTokens("$", "query or folder"),
    separator: "/",
    tiers: { 0: ["ManagePermissions", "FullControl"], 1: none, 2: ["Contribute", "Delete"] },
  },
  {
    id: "a39371cf-0841-4c16-bbd3-276e341bc052",
    slug: "tfvc",
    title: "Team Foundation version control",
    covers: "project",
    readToken: readVersionControlToken,
    separator: "/",
    tiers: {
      0: ["AdminProjectRights"],
      1: none,
      2: [
        "PendChange",
        "Checkin",
        "Label",
        "Lock",
        "ReviseOther",
        "UnlockOther",
        "UndoOther",
        "LabelOther",
        "CheckinOther",
        "Merge",
        "ManageBranch",
      ],
    },
    needsLicence: true,
  },
  {
    id: "58450c49-b02d-465a-ab12-59ae512d6531",
    slug: "analytics",
    title: "Analytics",
    covers: "project",
    readToken: projectTokens("$", "view"),
    separator: "/",
    tiers: { 0: ["Administer"], 1: none, 2: ["Stage", "ExecuteUnrestrictedQuery", "ReadEuii"] },
  },
  {
    id: "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046",
    slug: "service-hook",
    title: "Service hooks",
    covers: "project",
    readToken: projectTokens("publishersecurity", "subscription"),
    separator: "/",
    tiers: { 0: none, 1: ["EditSubscriptions", "DeleteSubscriptions"], 2: ["PublishEvents"] },
  },
  {
    id: "5a6cd233-6615-414d-9393-48dbb252bd23",
    slug: "work-item-type",
    title: "Work item tracking provision",
    covers: "project",
    readToken: projectTokens("$", "part"),
    separator: "/",
    tiers: { 0: ["Administer"], 1: none, 2: ["ManageLinkTypes"] },
  },
  {
    id: "5a27515b-ccd7-42c9-84f1-54c998f03866",
    slug: "identity",
    title: "Identity",
    covers: "project",
    readToken: readIdentityToken,
    separator: "\\",
    tiers: { 0: ["ManageMembership"], 1: ["Write", "Delete"], 2: ["CreateScope", "RestoreScope"] },
  },
  organizationWide("3e65f728-f8bc-4ecd-8764-7e378b19bfa7", "collection", "Collection", ["namespace"], ":", {
    0: ["GENERIC_WRITE", "MANAGE_ENTERPRISE_POLICIES"],
    1: ["CREATE_PROJECTS", "MANAGE_TEMPLATE", "DELETE_FIELD", "MANAGE_TEST_CONTROLLERS"],
    2: ["TRIGGER_EVENT", "DIAGNOSTIC_TRACE"],
  }),
  organizationWide("1f4179b3-6bac-4d01-b421-71ea09171400", "server", "Server", ["frameworkglobalsecurity"], "", {
    0: ["GenericWrite", "Impersonate"],
    1: none,
    2: ["TriggerEvent"],
  }),
  organizationWide("2dab47f9-bd70-49ed-9bd5-8eb051e59c02", "process", "Process", ["$process"], ":", {
    0: ["AdministerProcessPermissions"],
    1: ["Delete"],
    2: ["Edit", "Create"],
  }),
  organizationWide(
    "a6cc6381-a1ca-4b36-b3c1-4e65211e82b6",
    "audit",
    "Audit log",
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
    ["buildprivileges"],
    "",
    {
      0: ["AdministerBuildResourcePermissions"],
      1: ["ManagePipelinePolicies", "ManageBuildResources"],
      2: ["UseBuildResources"],
    },
  ),
  organizationWide("11238e09-49f2-40c7-94d0-8f0307204ce4", "account", "Account administration", [""], "/", {
    0: ["Modify"],
    1: ["Create"],
    2: none,
  }),
  organizationWide(
    "445d2788-c5fb-4132-bbef-09c4045ad93f",
    "work-item-tracking",
    "Work item tracking administration",
    ["workitemtrackingprivileges"],
    "",
    { 0: ["ManagePermissions"], 1: ["DestroyAttachments"], 2: none },
  ),
  organizationWide(
    "66312704-deb5-43f9-b51c-ab4ff5e351c3",
    "tfvc-administration",
    "Version control privileges",
    ["global"],
    "",
    {
      0: ["AdminConfiguration"],
      1: ["AdminConnections"],
      2: ["CreateWorkspace", "AdminWorkspaces", "AdminShelvesets"],
    },
  ),
  organizationWide("f0003bce-5f45-4f93-a25d-90fc33fe3aa9", "organization-data", "Organization level data", [""], "", {
    0: none,
    1: none,
    2: none,
  }),
  organizationWide("83abde3a-4593-424e-b45f-9898af99034d", "usage", "Usage summary", [""], "/", {
    0: none,
    1: none,
    2: none,
  }),
];

function organizationWide(
  id: string,
  slug: string,
  title: string,
  own: readonly string[],
  separator: string,
  tiers: GovernedNamespace["tiers"],
): GovernedNamespace {
  return { id, slug, title, covers: "organization", readToken: organizationTokens(...own), separator, tiers };
}
