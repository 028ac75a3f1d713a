import { z } from "zod";

/**
 * What is checked of each answer at run time: the fields that the connector cannot do without, and the types of those
 * that it uses. Unknown fields pass and are dropped, so that what is kept of an answer is what is used.
 */
const text = z.string();
const optionalText = z.string().nullish();

export const graphUser = z.object({
  descriptor: text,
  displayName: optionalText,
  subjectKind: optionalText,
  origin: optionalText,
  originId: optionalText,
  domain: optionalText,
  principalName: optionalText,
  mailAddress: optionalText,
  directoryAlias: optionalText,
  metaType: optionalText,
  isDeletedInOrigin: z.boolean().nullish(),
  applicationId: optionalText,
});

export const graphGroup = z.object({
  descriptor: text,
  displayName: optionalText,
  description: optionalText,
  origin: optionalText,
  originId: optionalText,
  domain: optionalText,
  principalName: optionalText,
  mailAddress: optionalText,
  specialType: optionalText,
  isDeleted: z.boolean().nullish(),
});

export const graphMembership = z.object({ containerDescriptor: text, memberDescriptor: text });
export const membershipState = z.object({ active: z.boolean() });
export const subjectLookup = z.object({ value: z.record(z.string(), graphUser.nullable()) });
export const valueBody = z.object({ value: text });

const accessLevel = z.object({
  accountLicenseType: optionalText,
  licensingSource: optionalText,
  msdnLicenseType: optionalText,
  gitHubLicenseType: optionalText,
  licenseDisplayName: optionalText,
  status: optionalText,
  assignmentSource: optionalText,
});

export const userEntitlement = z.object({
  id: text,
  user: graphUser,
  accessLevel: accessLevel.nullish(),
  lastAccessedDate: optionalText,
  dateCreated: optionalText,
});

/** `items` and `members` hold the same rows; which of them is there depends on the version (facts 15.1). */
export const userEntitlementPage = z
  .object({
    items: z.array(userEntitlement).nullish(),
    members: z.array(userEntitlement).nullish(),
    continuationToken: optionalText,
  })
  .refine((page) => page.items ?? page.members, { message: "neither items nor members", path: ["items"] });

export const identity = z.object({
  id: text,
  descriptor: text,
  subjectDescriptor: optionalText,
  providerDisplayName: optionalText,
  customDisplayName: optionalText,
  isActive: z.boolean().nullish(),
  members: z.array(text).nullish(),
  memberIds: z.array(text).nullish(),
});

export const project = z.object({
  id: text,
  name: text,
  description: optionalText,
  state: optionalText,
  visibility: optionalText,
  lastUpdateTime: optionalText,
});

export const team = z.object({
  id: text,
  name: text,
  description: optionalText,
  projectId: text,
  projectName: optionalText,
});

export const teamMember = z.object({
  identity: z.object({ id: text, descriptor: optionalText, displayName: optionalText }),
  isTeamAdmin: z.boolean().nullish(),
});

const accessControlEntry = z.object({ descriptor: text, allow: z.number().nullish(), deny: z.number().nullish() });

export const accessControlList = z.object({
  token: text,
  acesDictionary: z.record(z.string(), accessControlEntry),
});

/** A bare list in the documents, wrapped by the service as every list is. */
export const permissionValues = z.union([
  z.object({ value: z.array(z.boolean()) }),
  z.array(z.boolean()).transform((value) => ({ value })),
]);

export const resourceArea = z.object({ id: text, name: text, locationUrl: text });

export const connectionData = z.object({
  authenticatedUser: z.object({
    id: text,
    subjectDescriptor: optionalText,
    providerDisplayName: optionalText,
  }),
  instanceId: text,
  deploymentType: optionalText,
});

export const listOf = <T extends z.ZodType>(item: T) => z.object({ value: z.array(item) });

export type GraphUser = z.infer<typeof graphUser>;
export type GraphGroup = z.infer<typeof graphGroup>;
export type UserEntitlement = z.infer<typeof userEntitlement>;
export type Identity = z.infer<typeof identity>;
export type Project = z.infer<typeof project>;
export type Team = z.infer<typeof team>;
export type TeamMember = z.infer<typeof teamMember>;
export type AccessControlList = z.infer<typeof accessControlList>;
export type ConnectionData = z.infer<typeof connectionData>;
