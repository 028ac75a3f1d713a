import type { ChangeableState } from "../changeable.ts";
import type { StatePart } from "../state.ts";

/** One change that can be taken back. */
export interface Edit {
  readonly part: StatePart;
  apply(): void;
  revert(): void;
}

/** Parts whose changes may be seen late. Subjects may not: other parts refer to them. */
export const laggingParts = ["memberships", "lists", "entitlements", "feeds", "tokens"] as const satisfies StatePart[];

/** How many reads after a write still see what was there before, by what they read (facts 4.6, 12.1). */
export type ReadLag = Readonly<Partial<Record<(typeof laggingParts)[number], number>>>;

/** Every change of an organization, one after another. */
export interface Journal {
  /** Applies a change and keeps in mind how to take it back. */
  commit(edit: Edit): void;
  /** Changes that were made and not taken back. */
  readonly count: number;
  /** Does something as a whole: when it throws, nothing was changed. */
  whole<T>(act: () => T): T;
  /** Does something, and undoes whatever it changed unless it came to what is wanted. */
  keptIf<T>(isWanted: (result: T) => boolean, act: () => T): T;
  /** Does something, and undoes whatever it changed. */
  rolledBack<T>(act: () => T): T;
  /** Whether there are changes of these parts that a read is too early for. */
  isEarly(parts: readonly StatePart[]): boolean;
  /** Reads some parts as they were before the changes that this read is too early for. */
  asRead<T>(parts: readonly StatePart[], read: () => T): T;
}

interface Unseen {
  readonly edit: Edit;
  readsLeft: number;
}

/** A journal of one organization. */
export function createJournal({ revisions }: ChangeableState, lag: ReadLag): Journal {
  const lags = new Map<StatePart, number>(
    Object.entries(lag).flatMap(([name, reads]) => {
      const part = laggingParts.find((each) => each === name);
      return part ? [[part, reads] as const] : [];
    }),
  );
  let unseen: Unseen[] = [];
  let attempt: Edit[] | undefined;
  let count = 0;

  function apply(edit: Edit): void {
    edit.apply();
    revisions[edit.part]++;
  }

  function revert(edit: Edit): void {
    edit.revert();
    revisions[edit.part]++;
  }

  function undo(made: readonly Edit[]): void {
    for (const edit of made.toReversed()) revert(edit);
    count -= made.length;
    unseen = unseen.filter(({ edit }) => !made.includes(edit));
  }

  function attempted<T>(act: () => T, isWanted: (result: T) => boolean): T {
    const outer = attempt;
    const made: Edit[] = [];
    attempt = made;
    let isDone = false;
    try {
      const result = act();
      isDone = isWanted(result);
      return result;
    } finally {
      attempt = outer;
      if (isDone) outer?.push(...made);
      else undo(made);
    }
  }

  return {
    get count() {
      return count;
    },
    commit: (edit) => {
      apply(edit);
      count++;
      attempt?.push(edit);
      const readsLeft = lags.get(edit.part) ?? 0;
      if (readsLeft > 0) unseen.push({ edit, readsLeft });
    },
    whole: (act) => attempted(act, () => true),
    keptIf: (isWanted, act) => attempted(act, isWanted),
    rolledBack: (act) => attempted(act, () => false),
    isEarly: (parts) => unseen.some(({ edit }) => parts.includes(edit.part)),
    asRead: (parts, read) => {
      const early = unseen.filter(({ edit }) => parts.includes(edit.part));
      for (const { edit } of early.toReversed()) revert(edit);
      try {
        return read();
      } finally {
        for (const each of early) {
          apply(each.edit);
          each.readsLeft--;
        }
        unseen = unseen.filter(({ readsLeft }) => readsLeft > 0);
      }
    },
  };
}
