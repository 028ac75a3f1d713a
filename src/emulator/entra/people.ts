import type { Directory, DirectoryUser } from "./directory.ts";
import { EntraProblem } from "./problems.ts";

/** A person of the tenant as tokens tell of them. */
export type Person = Pick<DirectoryUser, "id" | "displayName" | "principalName">;

/** The person of a user principal name; refuses names that the tenant does not have. */
export function personSigningIn(directory: Directory, name: string, tenantId: string): Person {
  const found = directory.userNamed(name);
  if (found) return found;
  const remedy = "To sign into this application, the account must be added to the directory.";
  const message = `The user account ${name} does not exist in the ${tenantId} directory. ${remedy}`;
  throw new EntraProblem("invalid_grant", 50034, message);
}
