import type { ChangeableState } from "../changeable.ts";
import type { Entitlement, Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import type { Commit } from "./commit.ts";

type Listing = "users" | "groups" | "servicePrincipals" | "strays";

type Fields = Omit<Subject, "index" | "memberOf" | "entitlement">;

/** Changes of subjects themselves. */
export interface SubjectChanges {
  setSubject(index: number, fields: Partial<Fields>): void;
  /** Gives an access level, or takes it away. */
  setEntitlement(index: number, entitlement: Entitlement | undefined): void;
  /** Adds a subject to the organization and to a listing, and gives its index. */
  addSubject(listing: Listing, subject: Fields): number;
  /** Puts a subject into a listing, or takes it out. */
  setListed(listing: Listing, index: number, isListed: boolean): void;
}

/** Subjects and their access levels change apart, since the latter may show late. */
function withEntitlement({ entitlement: _former, ...subject }: Subject, entitlement: Entitlement | undefined): Subject {
  return { ...subject, ...(entitlement ? { entitlement } : {}) };
}

/** The changes of subjects. */
export function createSubjectChanges(state: ChangeableState, commit: Commit): SubjectChanges {
  const { subjects } = state;

  function setListed(listing: Listing, index: number, isListed: boolean): void {
    const list = state[listing];
    const at = list.indexOf(index);
    if (at >= 0 === isListed) return;
    const put = () => void list.splice(at < 0 ? list.length : at, 0, index);
    const take = () => void list.splice(list.indexOf(index), 1);
    commit("subjects", isListed ? put : take, isListed ? take : put);
  }

  return {
    setListed,
    setSubject: (index, fields) => {
      const before = subjectAt(state, index);
      const set = (subject: Subject) => () => {
        subjects[index] = withEntitlement(subject, subjectAt(state, index).entitlement);
      };
      commit("subjects", set({ ...before, ...fields }), set(before));
    },
    setEntitlement: (index, entitlement) => {
      const before = subjectAt(state, index).entitlement;
      const set = (held: Entitlement | undefined) => () => {
        subjects[index] = withEntitlement(subjectAt(state, index), held);
      };
      commit("entitlements", set(entitlement), set(before));
    },
    addSubject: (listing, fields) => {
      const index = subjects.length;
      const subject: Subject = { ...fields, index, memberOf: [] };
      commit(
        "subjects",
        () => void subjects.push(subject),
        () => void subjects.pop(),
      );
      setListed(listing, index, true);
      return index;
    },
  };
}
