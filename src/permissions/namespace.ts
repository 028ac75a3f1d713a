import type { OwnToken } from "./own-tokens.ts";
import type { ReadToken } from "./tokens.ts";

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
  readonly ownToken: OwnToken;
  /** Between the parts of a token; "" where tokens do not inherit. */
  readonly separator: string;
  /** Actions by name that are not of tier 3. */
  readonly tiers: Readonly<Record<0 | 1 | 2, readonly string[]>>;
  /** Actions on which a deny holds for administrators too; true for all (facts 4.5). */
  readonly denyBindsAdministrators?: true | readonly string[];
  /** False for a Stakeholder in a private project, whatever the entries say (facts 4.5, 6.1). */
  readonly needsLicence?: true;
}
