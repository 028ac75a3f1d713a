import type { ChangeableState } from "../changeable.ts";
import type { StatePart } from "../state.ts";
import type { FeedChanges } from "./feeds.ts";
import { createFeedChanges } from "./feeds.ts";
import type { Journal, ReadLag } from "./journal.ts";
import { createJournal } from "./journal.ts";
import type { ListChanges } from "./lists.ts";
import { createListChanges } from "./lists.ts";
import type { MembershipChanges } from "./memberships.ts";
import { createMembershipChanges } from "./memberships.ts";
import type { TokenChanges } from "./session-tokens.ts";
import { createTokenChanges } from "./session-tokens.ts";
import type { SubjectChanges } from "./subjects.ts";
import { createSubjectChanges } from "./subjects.ts";

/**
 * All that changes an organization, for the routes that write and for tests that play another client. Nothing is
 * checked here; what follows from a change follows at once: both sides of a membership, who administers a team.
 */
export interface Changes extends MembershipChanges, ListChanges, SubjectChanges, FeedChanges, TokenChanges {}

/** What the routes need besides. */
export interface Changing {
  readonly changes: Changes;
  readonly journal: Journal;
}

/** The changes of one organization. */
export function createChanges(state: ChangeableState, lag: ReadLag): Changing {
  const journal = createJournal(state, lag);
  const commit = (part: StatePart, apply: () => void, revert: () => void) => journal.commit({ part, apply, revert });
  const changes = {
    ...createSubjectChanges(state, commit),
    ...createMembershipChanges(state, commit),
    ...createListChanges(state, commit),
    ...createFeedChanges(state, commit),
    ...createTokenChanges(state, commit),
  };
  return { changes, journal };
}
