import { z } from "zod";
import { flag, optionalText } from "./references.ts";
import { accessLevel, graphGroup, graphUser, rowsOf, userEntitlement } from "./schemas.ts";

const count = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);

/** Seats: absent where the service does not tell. */
const seats = { assigned: count, available: count, includedQuantity: count, total: count };

const licenseSummary = z.object({
  licenseName: optionalText,
  accountLicenseType: optionalText,
  msdnLicenseType: optionalText,
  gitHubLicenseType: optionalText,
  /** As `licensingSource` elsewhere. */
  source: optionalText,
  ...seats,
  disabled: count,
  isPurchasable: flag,
});

const extensionSummary = z.object({
  extensionId: optionalText,
  extensionName: optionalText,
  source: optionalText,
  ...seats,
  isTrialVersion: flag,
});

const listOrNone = <T>(row: z.ZodType<T>) =>
  rowsOf(row)
    .nullish()
    .transform((rows) => rows ?? []);

export const entitlementSummary = z.object({
  licenses: listOrNone(licenseSummary),
  extensions: listOrNone(extensionSummary),
  availableAccessLevels: listOrNone(accessLevel),
  defaultAccessLevel: accessLevel.nullish(),
});

const groupRule = z.object({
  /** Storage key of the group. */
  id: z.string().transform((id) => id.toLowerCase()),
  group: graphGroup,
  licenseRule: accessLevel.nullish(),
  extensionRules: listOrNone(z.object({ id: optionalText, name: optionalText })),
  /** `applied`, `applyPending`, `incompatible` or `unableToApply`. */
  status: optionalText,
  lastExecuted: optionalText,
});

/** A bare list in the documents, wrapped by the service as every list is. */
const rules = rowsOf(groupRule);
export const groupRules = z.union([z.object({ value: rules }).transform(({ value }) => value), rules]);

/** What is told of one user alone. */
export const singleUserEntitlement = userEntitlement.extend({
  extensions: listOrNone(z.object({ id: optionalText, name: optionalText })),
});
export type SingleUserEntitlement = z.infer<typeof singleUserEntitlement>;

export const servicePrincipalEntitlement = z.object({
  id: z.string(),
  servicePrincipal: graphUser,
  accessLevel: accessLevel.nullish(),
  lastAccessedDate: optionalText,
  dateCreated: optionalText,
});

export type EntitlementSummary = z.infer<typeof entitlementSummary>;
export type GroupRule = z.infer<typeof groupRule>;
export type ServicePrincipalEntitlement = z.infer<typeof servicePrincipalEntitlement>;
