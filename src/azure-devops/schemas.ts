import { z } from "zod";

/**
 * What is checked of each answer at run time: the fields that the connector cannot do without, and the types of those
 * that it uses. Unknown fields pass and are dropped, so that what is kept of an answer is what is used.
 */
const text = z.string();

/** A list that is given up at its first bad row: a report on each of millions would take gigabytes. */
export function rowsOf<T>(row: z.ZodType<T>) {
  return z.array(z.unknown()).transform((rows, context): T[] => {
    const read: T[] = [];
    for (const [index, each] of rows.entries()) {
      const result = row.safeParse(each);
      if (!result.success) {
        const [issue] = result.error.issues;
        context.addIssue({ code: "custom", message: issue?.message ?? "wrong", path: [index, ...(issue?.path ?? [])] });
        return z.NEVER;
      }
      read.push(result.data);
    }
    return read;
  });
}

/** The same for an object whose keys are data. */
function recordOf<T>(value: z.ZodType<T>) {
  return z.record(z.string(), z.unknown()).transform((record, context): Record<string, T> => {
    const read: [string, T][] = [];
    for (const [key, each] of Object.entries(record)) {
      const result = value.safeParse(each);
      if (!result.success) {
        context.addIssue({ code: "custom", message: result.error.issues[0]?.message ?? "wrong" });
        return z.NEVER;
      }
      read.push([key, result.data]);
    }
    return Object.fromEntries(read);
  });
}

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
export const subjectLookup = z.object({ value: recordOf(graphUser.nullable()) });
export const valueBody = z.object({ value: text });

export const accessLevel = z.object({
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
    items: rowsOf(userEntitlement).nullish(),
    members: rowsOf(userEntitlement).nullish(),
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
  members: rowsOf(text).nullish(),
  memberIds: rowsOf(text).nullish(),
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

export const listOf = <T>(item: z.ZodType<T>) => z.object({ value: rowsOf(item) });

export type GraphUser = z.infer<typeof graphUser>;
export type GraphGroup = z.infer<typeof graphGroup>;
export type UserEntitlement = z.infer<typeof userEntitlement>;
export type Identity = z.infer<typeof identity>;
export type Project = z.infer<typeof project>;
export type Team = z.infer<typeof team>;
export type TeamMember = z.infer<typeof teamMember>;
export type ConnectionData = z.infer<typeof connectionData>;
