import type { AccessClaims } from "../entra/access-tokens.ts";
import type { DirectoryObject } from "../entra/directory.ts";
import { denied } from "./problems.ts";

/** What a token was granted: roles of an application, or scopes that a person gave it. */
export type Granted = ReadonlySet<string>;

/** Any of these will do, from the least to the most (learn.microsoft.com/graph/permissions-reference). */
type Wanted = readonly string[];

const wholeDirectory = ["Directory.Read.All", "Directory.ReadWrite.All"];
export const changeMembers: Wanted = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
export const readMembers: Wanted = ["GroupMember.Read.All", "Group.Read.All", ...changeMembers, "Directory.Read.All"];
/** Needed besides, for a group that roles can be assigned to. */
export const manageRoles: Wanted = ["RoleManagement.ReadWrite.Directory"];

const readOf: Readonly<Record<DirectoryObject["kind"], Wanted>> = {
  user: ["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", ...wholeDirectory],
  group: readMembers,
  servicePrincipal: ["Application.Read.All", "Application.ReadWrite.All", ...wholeDirectory],
};

export function grantedBy({ roles = [], scp = "" }: AccessClaims): Granted {
  return new Set([...roles, ...scp.split(" ")]);
}

const has = (granted: Granted, wanted: Wanted) => wanted.some((each) => granted.has(each));

/** Refuses a token that was granted none of these. */
export function need(granted: Granted, wanted: Wanted): void {
  if (!has(granted, wanted)) throw denied();
}

/** Whether a token may read what an object is, beyond that it is there. */
export function mayRead(granted: Granted, kind: DirectoryObject["kind"]): boolean {
  return has(granted, readOf[kind]);
}
