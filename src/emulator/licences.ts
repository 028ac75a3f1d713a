/** What rules give to the people of a group (facts 6.2). */

/** Access levels by the emulator's own names for them (facts 6.1). */
export const levelNames = [
  "express",
  "stakeholder",
  "advanced",
  "subscriber",
  "professional",
  "testProfessional",
  "eligible",
  "github",
] as const;

/** Name of an access level. */
export type LevelName = (typeof levelNames)[number];

/** A paid extension that a person holds. */
export interface UserExtension {
  readonly id: string;
  readonly assignment: "unknown" | "groupRule";
}

/** What a rule makes of people in a project. */
export interface ProjectGrant {
  readonly project: number;
  readonly groupType: "projectReader" | "projectContributor" | "projectAdministrator";
}

/** The rule of one group. */
export interface LicenceRule {
  /** Index of the group. */
  readonly group: number;
  readonly level: LevelName;
  readonly extensions: readonly string[];
  readonly projects: readonly ProjectGrant[];
  /** Only an applied rule gives anything. */
  readonly status: "applied" | "applyPending" | "incompatible" | "unableToApply";
  /** Epoch milliseconds; 0 is never. */
  readonly lastExecuted: number;
  /** Indexes of the people in the group, at any depth; rules do not reach service principals. */
  readonly people: ReadonlySet<number>;
}

/** Seats by level that can be bought, assigned ones among them. */
export type Seats = Readonly<Partial<Record<"express" | "advanced", number>>>;
