import type { Feed, GlobalFeedPermission } from "./feeds.ts";
import type { SessionToken } from "./session-tokens.ts";
import type { AccessList, OrganizationState, StatePart, Subject, TeamAdministrator } from "./state.ts";

/** The organization as what changes it sees it; nothing but `changes/` and the seed may. */
export interface ChangeableState extends OrganizationState {
  readonly revisions: Record<StatePart, number>;
  readonly subjects: Subject[];
  readonly users: number[];
  readonly groups: number[];
  readonly servicePrincipals: number[];
  readonly accessLists: Map<string, Map<string, AccessList>>;
  readonly teamAdministrators: TeamAdministrator[];
  readonly strays: number[];
  readonly tokens: SessionToken[];
  readonly feeds: { readonly feeds: Feed[]; readonly global: GlobalFeedPermission[] };
}
