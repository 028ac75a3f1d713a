/** Namespaces that have access control lists here (facts 4.2). */
export const identityNamespace = "5a27515b-ccd7-42c9-84f1-54c998f03866";
/** Rights in a project; its token names the project by URI. */
export const projectNamespace = "52d39943-cb85-4d7f-8fa8-c6baac873819";
/** Who may see people, groups and settings of the organization as a whole (facts 4.2). */
export const organizationLevelNamespace = "f0003bce-5f45-4f93-a25d-90fc33fe3aa9";
/** Rights in the organization as a whole. */
export const collectionNamespace = "3e65f728-f8bc-4ecd-8764-7e378b19bfa7";

/** Namespaces with lists of every kind, by what they govern (facts 4.2). */
export const namespaceIds = {
  analyticsViews: "d34d3680-dfe5-4cc6-a949-7d9c68f73cba",
  areas: "83e28ad4-2d72-4ceb-97b0-c7726d5502c3",
  auditLog: "a6cc6381-a1ca-4b36-b3c1-4e65211e82b6",
  build: "33344d9c-fc72-4d6f-aba5-fa317101a7e9",
  buildAdministration: "302acaca-b667-436d-a946-87133492041c",
  collection: collectionNamespace,
  dashboards: "8adf73b7-389a-4276-b638-fe1653f7efc7",
  gates: "c0d7a1e5-5b7e-4d0e-9a39-6f3d2f0b8e11",
  git: "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87",
  identity: identityNamespace,
  iterations: "bf7bfa03-b2b7-47db-8113-fa2e002cc5b1",
  plans: "bed337f8-e5f3-4fb9-80da-81e17d06e7a8",
  process: "2dab47f9-bd70-49ed-9bd5-8eb051e59c02",
  project: projectNamespace,
  queries: "71356614-aad7-4757-8f2c-0fb3bff6f680",
  release: "c788c23e-1b46-4162-8f5e-d7585343b5de",
  releaseInterface: "7c7d32f7-0e86-4cd6-892e-b35dbba870bd",
  server: "1f4179b3-6bac-4d01-b421-71ea09171400",
  serviceHooks: "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046",
  tagging: "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2",
  taskGroups: "f6a4de49-dbe2-4704-86dc-f8ec1a294436",
  versionControl: "a39371cf-0841-4c16-bbd3-276e341bc052",
  versionControlPrivileges: "66312704-deb5-43f9-b51c-ab4ff5e351c3",
  workItemProvision: "5a6cd233-6615-414d-9393-48dbb252bd23",
  workItemTracking: "445d2788-c5fb-4132-bbef-09c4045ad93f",
  zonal: "7f1b2c90-3e4d-4c55-8f6a-0d9be1a2c377",
} as const;
/** Service connections, with bits for use and administration. */
export const endpointNamespace = "49b48001-ca20-4adc-8111-5b60c903a50c";
/** Variable groups and secure files. */
export const libraryNamespace = "b7e84409-6553-448a-bbb2-af228e07cbeb";
/** Environments of pipelines. */
export const environmentNamespace = "83d4c2e6-e57d-4d6e-892b-b87222b7ad20";
/** Agent pools, agent queues and deployment groups. */
export const distributedTaskNamespace = "101eae8c-1709-47f9-b228-0e476c35b3ba";
