import type { Subject } from "./state.ts";

type Step = (subject: Subject) => readonly number[];

function closure(subjects: readonly Subject[], start: Iterable<number>, step: Step): ReadonlySet<number> {
  const found = new Set(start);
  // A set gives what is added while it is read, too.
  for (const index of found) {
    const subject = subjects[index];
    for (const next of subject ? step(subject) : []) found.add(next);
  }
  return found;
}

/** These groups, and all that are in them at any depth. */
export function withMembers(subjects: readonly Subject[], groups: Iterable<number>): ReadonlySet<number> {
  return closure(subjects, groups, (subject) => subject.group?.members ?? []);
}

/** A subject, and every group that it is in at any depth. */
export function withContainers(subjects: readonly Subject[], subject: number): ReadonlySet<number> {
  return closure(subjects, [subject], ({ memberOf }) => memberOf);
}
