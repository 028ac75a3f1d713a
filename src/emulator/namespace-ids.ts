/** Namespaces that have access control lists here (facts 4.2). */
export const identityNamespace = "5a27515b-ccd7-42c9-84f1-54c998f03866";
/** Rights in a project; its token names the project by URI. */
export const projectNamespace = "52d39943-cb85-4d7f-8fa8-c6baac873819";
/** Who may see people, groups and settings of the organization as a whole (facts 4.2). */
export const organizationLevelNamespace = "f0003bce-5f45-4f93-a25d-90fc33fe3aa9";
/** Rights in the organization as a whole. */
export const collectionNamespace = "3e65f728-f8bc-4ecd-8764-7e378b19bfa7";
/** Service connections, with bits for use and administration. */
export const endpointNamespace = "49b48001-ca20-4adc-8111-5b60c903a50c";
/** Variable groups and secure files. */
export const libraryNamespace = "b7e84409-6553-448a-bbb2-af228e07cbeb";
/** Environments of pipelines. */
export const environmentNamespace = "83d4c2e6-e57d-4d6e-892b-b87222b7ad20";
/** Agent pools, agent queues and deployment groups. */
export const distributedTaskNamespace = "101eae8c-1709-47f9-b228-0e476c35b3ba";
