import type { Action, SecurityNamespace } from "../state.ts";
import { englishTitle } from "./action-titles.ts";

/**
 * Security namespaces as a hosted organization lists them, one a line:
 * id | name | separator as a code point | structure | read | write | system mask | bits.
 * Two share the name ReleaseManagement, and one name ends in spaces: key by id (facts 4.1, 4.2; REC).
 */
const rows = `11238e09-49f2-40c7-94d0-8f0307204ce4|AccountAdminSecurity|2f|1|1|15|0|Read=1 Create=2 Modify=4
58450c49-b02d-465a-ab12-59ae512d6531|Analytics|2f|1|1|2|30|Read=1 Administer=2 Stage=4 ExecuteUnrestrictedQuery=8 ReadEuii=16
d34d3680-dfe5-4cc6-a949-7d9c68f73cba|AnalyticsViews|2f|1|1|1024|8|Read=1 Edit=2 Delete=4 Execute=8 ManagePermissions=1024
a6cc6381-a1ca-4b36-b3c1-4e65211e82b6|AuditLog|0|0|1|2|2|Read=1 Write=2 Manage_Streams=4 Delete_Streams=8
5ab15bc8-4ea1-d0f3-8344-cab8fe976877|BoardsExternalIntegration|2f|1|1|2|0|Read=1 Write=2
33344d9c-fc72-4d6f-aba5-fa317101a7e9|Build|2f|1|0|16384|0|ViewBuilds=1 EditBuildQuality=2 RetainIndefinitely=4 DeleteBuilds=8 ManageBuildQualities=16 DestroyBuilds=32 UpdateBuildInformation=64 QueueBuilds=128 ManageBuildQueue=256 StopBuilds=512 ViewBuildDefinition=1024 EditBuildDefinition=2048 DeleteBuildDefinition=4096 OverrideBuildCheckInValidation=8192 AdministerBuildPermissions=16384 CreateBuildDefinition=32768 EditPipelineQueueConfigurationPermission=65536 ManageStageRunOrderPermission=131072 AbandonBuilds=262144
302acaca-b667-436d-a946-87133492041c|BuildAdministration|0|0|0|8|0|ViewBuildResources=1 ManageBuildResources=2 UseBuildResources=4 AdministerBuildResourcePermissions=8 ManagePipelinePolicies=16
3e65f728-f8bc-4ecd-8764-7e378b19bfa7|Collection|3a|1|1|2|0|GENERIC_READ=1 GENERIC_WRITE=2 CREATE_PROJECTS=4 TRIGGER_EVENT=16 MANAGE_TEMPLATE=32 DIAGNOSTIC_TRACE=64 SYNCHRONIZE_READ=128 MANAGE_TEST_CONTROLLERS=512 DELETE_FIELD=1024 MANAGE_ENTERPRISE_POLICIES=2048
093cbb02-722b-4ad6-9f88-bc452043fa63|CrossProjectWidgetView|2f|1|1|0|0|GenericRead=1
83e28ad4-2d72-4ceb-97b0-c7726d5502c3|CSS|3a|1|1|2|0|GENERIC_READ=1 GENERIC_WRITE=2 CREATE_CHILDREN=4 DELETE=8 WORK_ITEM_READ=16 WORK_ITEM_WRITE=32 MANAGE_TEST_PLANS=64 MANAGE_TEST_SUITES=128 WORK_ITEM_SAVE_COMMENT=512
8adf73b7-389a-4276-b638-fe1653f7efc7|DashboardsPrivileges|2f|1|1|16|0|Read=1 Create=2 Edit=4 Delete=8 ManagePermissions=16 MaterializeDashboards=32
7ffa7cf4-317c-4fea-8f1d-cfda50cfa956|DataProvider|2f|1|1|0|1|Read=1
0d140cae-8ac1-4f48-b6d1-c93ce0301a12|Discussion Threads|2f|1|2|1|0|Administer=1 GenericRead=2 GenericContribute=4 Moderate=8
101eae8c-1709-47f9-b228-0e476c35b3ba|DistributedTask|2f|1|1|8|0|View=1 Manage=2 Listen=4 AdministerPermissions=8 Use=16 Create=32
83d4c2e6-e57d-4d6e-892b-b87222b7ad20|Environment|2f|1|1|8|0|View=1 Manage=2 ManageHistory=4 Administer=8 Use=16 Create=32
7cd317f2-adc6-4b6c-8d99-6074faeaf173|EventPublish|2f|0|1|0|0|Read=1 Write=2
2bf24a2b-70ba-43d3-ad97-3d9e1f75622f|EventSubscriber|3a|1|1|2|0|GENERIC_READ=1 GENERIC_WRITE=2
58b176e7-3411-457a-89d0-c6d0ccb3c52b|EventSubscription|3a|1|1|2|0|GENERIC_READ=1 GENERIC_WRITE=2 UNSUBSCRIBE=4 CREATE_SOAP_SUBSCRIPTION=8
fa557b48-b5bf-458a-bb2b-1b680426fe8b|Favorites|2f|1|1|2|0|GenericRead=1 GenericWrite=2
2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87|Git Repositories|2f|1|2|8192|0|Administer=1 GenericRead=2 GenericContribute=4 ForcePush=8 CreateBranch=16 CreateTag=32 ManageNote=64 PolicyExempt=128 CreateRepository=256 DeleteRepository=512 RenameRepository=1024 EditPolicies=2048 RemoveOthersLocks=4096 ManagePermissions=8192 PullRequestContribute=16384 PullRequestBypassPolicy=32768 ViewAdvSecAlerts=65536 DismissAdvSecAlerts=131072 ManageAdvSecScanning=262144
c2ee56c9-e8fa-4cdd-9d48-2c44f697a58e|Graph|0|0|1|65536|0|ReadByPublicIdentifier=1 ReadByPersonalIdentifier=2
5a27515b-ccd7-42c9-84f1-54c998f03866|Identity|5c|1|1|4|0|Read=1 Write=2 Delete=4 ManageMembership=8 CreateScope=16 RestoreScope=32
a60e0d84-c2f8-48e4-9c0c-f32da48d5fd1|IdentityPicker|2f|0|1|0|0|ReadBasic=1 ReadRestricted=2
bf7bfa03-b2b7-47db-8113-fa2e002cc5b1|Iteration|3a|1|1|2|0|GENERIC_READ=1 GENERIC_WRITE=2 CREATE_CHILDREN=4 DELETE=8
2a887f97-db68-4b7c-9ae3-5cebd7add999|Job|0|0|1|6|0|Read=1 Queue=2 Update=4
b7e84409-6553-448a-bbb2-af228e07cbeb|Library|2f|1|1|2|0|View=1 Administer=2 Create=4 ViewSecrets=8 Use=16 Owner=32
2725d2bc-7520-4af4-b0e3-8d876494731f|Location|2f|1|1|2|0|Read=1 Write=2
f6a4de49-dbe2-4704-86dc-f8ec1a294436|MetaTask|2f|1|0|1|0|Administer=1 Edit=2 Delete=4
f0003bce-5f45-4f93-a25d-90fc33fe3aa9|OrganizationLevelData|0|0|1|0|0|View=1
62a7ad6b-8b8d-426b-ba10-76a7090e94d5|PipelineCachePrivileges|2f|1|1|2|0|Read=1 Write=2
bed337f8-e5f3-4fb9-80da-81e17d06e7a8|Plan|2f|1|1|8|0|View=1 Edit=2 Delete=4 Manage=8
2dab47f9-bd70-49ed-9bd5-8eb051e59c02|Process|3a|1|16|8|16|Edit=1 Delete=2 Create=4 AdministerProcessPermissions=8 ReadProcessPermissions=16
52d39943-cb85-4d7f-8fa8-c6baac873819|Project|3a|1|1|2|17563648|GENERIC_READ=1 GENERIC_WRITE=2 DELETE=4 PUBLISH_TEST_RESULTS=8 ADMINISTER_BUILD=16 START_BUILD=32 EDIT_BUILD_STATUS=64 UPDATE_BUILD=128 DELETE_TEST_RESULTS=256 VIEW_TEST_RESULTS=512 MANAGE_TEST_ENVIRONMENTS=2048 MANAGE_TEST_CONFIGURATIONS=4096 WORK_ITEM_DELETE=8192 WORK_ITEM_MOVE=16384 WORK_ITEM_PERMANENTLY_DELETE=32768 RENAME=65536 MANAGE_PROPERTIES=131072 MANAGE_SYSTEM_PROPERTIES=262144 BYPASS_PROPERTY_CACHE=524288 BYPASS_RULES=1048576 SUPPRESS_NOTIFICATIONS=2097152 UPDATE_VISIBILITY=4194304 CHANGE_PROCESS=8388608 AGILETOOLS_BACKLOG=16777216 AGILETOOLS_PLANS=33554432
fc5b7b85-5d6b-41eb-8534-e128cb10eb67|ProjectAnalysisLanguageMetrics|ffff|0|1|2|0|Read=1 Write=2
cb4d56d2-e84b-457e-8845-81320a133fbb|Proxy|0|0|1|2|0|Read=1 Manage=2
4ae0db5d-8437-4ee8-a18b-1f6fb38bd34c|Registry|2f|1|1|2|0|Read=1 Write=2
7c7d32f7-0e86-4cd6-892e-b35dbba870bd|ReleaseManagement|2f|1|0|0|0|ViewTaskEditor=1 ViewCDWorkflowEditor=2 ExportReleaseDefinition=4 ViewLegacyUI=8 DeploymentSummaryAcrossProjects=16 ViewExternalArtifactCommitsAndWorkItems=32
c788c23e-1b46-4162-8f5e-d7585343b5de|ReleaseManagement|2f|1|0|512|0|ViewReleaseDefinition=1 EditReleaseDefinition=2 DeleteReleaseDefinition=4 ManageReleaseApprovers=8 ManageReleases=16 ViewReleases=32 CreateReleases=64 EditReleaseEnvironment=128 DeleteReleaseEnvironment=256 AdministerReleasePermissions=512 DeleteReleases=1024 ManageDeployments=2048 ManageReleaseSettings=4096 ManageTaskHubExtension=8192
9a82c708-bfbe-4f31-984c-e860c2196781|Security|2f|1|1|65536|0|Read=1
1f4179b3-6bac-4d01-b421-71ea09171400|Server|0|0|1|2|0|GenericRead=1 GenericWrite=2 Impersonate=4 TriggerEvent=16
49b48001-ca20-4adc-8111-5b60c903a50c|ServiceEndpoints|2f|1|0|2|0|Use=1 Administer=2 Create=4 ViewAuthorization=8 ViewEndpoint=16
cb594ebe-87dd-4fc9-ac2c-6a10a4c92046|ServiceHooks|2f|1|1|7|0|ViewSubscriptions=1 EditSubscriptions=2 DeleteSubscriptions=4 PublishEvents=8
84cc1aa4-15bc-423d-90d9-f97c450fc729|ServicingOrchestration|0|0|4096|2048|0|Read=1 Queue=2 Cancel=4
6ec4592e-048c-434e-8e6c-8671753a8418|SettingEntries|0|0|1|2|0|Read=1 Write=2
81c27cc8-7a9f-48ee-b63f-df1e1d0412dd|Social|2f|1|1|2|0|GenericRead=1 GenericWrite=2
4a9e8381-289a-4dfd-8460-69028eaa93b3|StrongBox|2f|1|32|16|0|CreateDrawer=1 DeleteDrawer=2 Administer=4 AddItem=16 GetItem=32 DeleteItem=64 AdministerDrawer=128
bb50f182-8e5e-40b8-bc21-e8752a1e7ae2|Tagging|2f|1|1|4|0|Enumerate=1 Create=2 Update=4 Delete=8
e06e1c24-e93d-4e4a-908a-7d951187b483|TestManagement |2f|1|1|0|1|Read=1
83abde3a-4593-424e-b45f-9898af99034d|UtilizationPermissions|2f|1|0|1024|0|QueryUsageSummary=1
a39371cf-0841-4c16-bbd3-276e341bc052|VersionControlItems|2f|1|1|1024|0|Read=1 PendChange=2 Checkin=4 Label=8 Lock=16 ReviseOther=32 UnlockOther=64 UndoOther=128 LabelOther=256 AdminProjectRights=1024 CheckinOther=2048 Merge=4096 ManageBranch=8192
3c15a8b7-af1a-45c2-aa97-2cb97078332e|VersionControlItems2|2f|1|1|1024|0|Read=1 PendChange=2 Checkin=4 Label=8 Lock=16 ReviseOther=32 UnlockOther=64 UndoOther=128 LabelOther=256 AdminProjectRights=1024 CheckinOther=2048 Merge=4096 ManageBranch=8192
66312704-deb5-43f9-b51c-ab4ff5e351c3|VersionControlPrivileges|0|0|0|32|0|CreateWorkspace=2 AdminWorkspaces=4 AdminShelvesets=8 AdminConnections=16 AdminConfiguration=32
dc02bf3d-cd48-46c3-8a41-345094ecc94b|ViewActivityPaneSecurity|2f|1|1|0|1|Read=1
0582eb05-c896-449a-b933-aa3d99e121d6|WebPlatform|2f|1|1|0|1|Read=1
71356614-aad7-4757-8f2c-0fb3bff6f680|WorkItemQueryFolders|2f|1|1|8|64|Read=1 Contribute=2 Delete=4 ManagePermissions=8 FullControl=16 RecordQueryExecutionInfo=64
c0e7a722-1cad-4ae6-b340-a8467501e7ce|WorkItemsHub|2f|1|1|0|1|View=1
73e71c45-d483-40d5-bdba-62fd076f7f87|WorkItemTracking|2f|1|1|0|31|Read=1 CrossProjectRead=2 TrackWorkItemActivity=4 ReadRules=8 ReadHistoricalWorkItemResources=16
445d2788-c5fb-4132-bbef-09c4045ad93f|WorkItemTrackingAdministration|0|0|0|1|0|ManagePermissions=1 DestroyAttachments=2
35e35e8e-686d-4b01-aff6-c369d6e36ce0|WorkItemTrackingConfiguration|2f|1|1|0|1|Read=1
5a6cd233-6615-414d-9393-48dbb252bd23|WorkItemTrackingProvision|2f|1|0|1|0|Administer=1 ManageLinkTypes=2
93bafc04-9075-403a-9367-b7164eac6b5c|Workspaces|2f|1|0|8|0|Read=1 Use=2 Checkin=4 Administer=8`;

/**
 * Namespaces that no published list has, as extensions and newer versions of the service bring them: one with actions,
 * in the same form, and one without any. Which ids they have is made up.
 */
const unpublished = `c0d7a1e5-5b7e-4d0e-9a39-6f3d2f0b8e11|Contoso Deployment Gates|2f|1|1|8|0|ViewGates=1 EditGates=2 OverrideGates=4 AdministerGates=8
7f1b2c90-3e4d-4c55-8f6a-0d9be1a2c377|Zonal Placement|2f|1|0|0|0|`;

/** Namespaces whose data another service keeps (facts 4.1: the set is per host; which, is unverified). */
const remote: readonly string[] = ["AuditLog", "Graph", "IdentityPicker"];

/** Where the examples show another data space than `Default`, and what else they show (SPEC examples). */
const dataspaces: Readonly<Record<string, string>> = {
  CSS: "WorkItem",
  DistributedTask: "DistributedTask",
  "Git Repositories": "Git",
  Iteration: "WorkItem",
  VersionControlItems: "VersionControl",
  VersionControlItems2: "VersionControl",
  VersionControlPrivileges: "VersionControl",
  WorkItemQueryFolders: "WorkItem",
  WorkItemTrackingAdministration: "WorkItem",
  WorkItemTrackingProvision: "WorkItem",
};
const remotable: readonly string[] = ["Git Repositories", "VersionControlItems2"];
const translated: readonly string[] = [
  "ServiceEndpoints",
  "VersionControlItems2",
  "WorkItemQueryFolders",
  "WorkItemTrackingProvision",
];

function parseBits(namespace: string, text: string): readonly Action[] {
  if (text === "") return [];
  return text.split(" ").map((pair) => {
    const [name = "", bit = "0"] = pair.split("=");
    return { name, bit: Number(bit), title: englishTitle(namespace, name) };
  });
}

function parseRow(line: string): SecurityNamespace {
  const [id = "", name = "", separator = "0", ...rest] = line.split("|");
  const [structure = 0, read = 0, write = 0, system = 0] = rest.slice(0, 4).map(Number);
  return {
    id,
    name,
    separator: String.fromCodePoint(Number.parseInt(separator, 16)),
    structure,
    read,
    write,
    system,
    bits: parseBits(name, rest[4] ?? ""),
    dataspace: dataspaces[name] ?? "Default",
    remotable: remotable.includes(name),
    translated: translated.includes(name),
    local: !remote.includes(name),
  };
}

/** Every namespace of the organization, in the order of their names. */
export const securityNamespaces: readonly SecurityNamespace[] = `${rows}\n${unpublished}`
  .split("\n")
  .map(parseRow)
  .sort((one, other) => (one.name < other.name ? -1 : 1));
