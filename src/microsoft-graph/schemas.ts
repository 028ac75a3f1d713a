import { z } from "zod";

/** Of a group, what decides whether its members can be changed (learn.microsoft.com/graph/api/resources/group). */
export const groupBody = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  mailEnabled: z.boolean().nullish(),
  /** Told only where it is selected. */
  isAssignableToRole: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
});

/** All but the id and the type is null where the application may not read objects of that type. */
const memberBody = z.object({
  "@odata.type": z.string().nullish(),
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
});

export const memberPage = z.object({
  value: z.array(memberBody),
  "@odata.nextLink": z.string().optional(),
});

export type MemberBody = z.infer<typeof memberBody>;

export const batchBody = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().nullish(),
    innerError: z.object({ "request-id": z.string().nullish() }).nullish(),
  }),
});
