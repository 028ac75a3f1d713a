import type { OrganizationState, Subject } from "../state.ts";
import { EntraProblem } from "./problems.ts";

/** A person of the tenant as tokens tell of them. */
export interface Person {
  readonly objectId: string;
  readonly displayName: string;
  readonly principalName: string;
}

/** The people of the tenant, who may or may not be in the organization. */
export interface People {
  byObjectId(objectId: string): Person | undefined;
  /** By user principal name; refuses names that the tenant does not have. */
  signingIn(principalName: string): Person;
}

const personOf = ({ displayName, originId, principalName }: Subject): Person => ({
  objectId: originId,
  displayName,
  principalName,
});

/** Those whom Entra still has. */
const isPerson = ({ deletedInOrigin, kind }: Subject) => kind === "entra-user" && deletedInOrigin !== true;

/** Reads them from the organization as it is at each question. */
export function createPeople(state: OrganizationState): People {
  const find = (fits: (subject: Subject) => boolean) => {
    const found = state.subjects.find((subject) => isPerson(subject) && fits(subject));
    return found && personOf(found);
  };
  return {
    byObjectId: (objectId) => find(({ originId }) => originId === objectId.toLowerCase()),
    signingIn: (name) => {
      const found = find(({ principalName }) => principalName.toLowerCase() === name.toLowerCase());
      if (found) return found;
      const where = `the ${state.tenantId} directory`;
      const remedy = "To sign into this application, the account must be added to the directory.";
      throw new EntraProblem("invalid_grant", 50034, `The user account ${name} does not exist in ${where}. ${remedy}`);
    },
  };
}
