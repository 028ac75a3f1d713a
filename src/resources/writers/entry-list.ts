import { canonicalDescriptor, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import { maxBatch } from "../../azure-devops/identities.ts";
import { allRows } from "../../azure-devops/list-answers.ts";
import type { AccessControlEntry, AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { safeId, unknownIdentityId } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import type { Principal } from "./principals.ts";

/** The list of one token, as it is now; undefined where there is none. */
export async function readList(
  { client }: Readings,
  namespaceId: string,
  token: string,
  call: Call,
): Promise<AccessControlList | undefined> {
  const read = client.security.readAccessControlLists(namespaceId, { token }, allRows<AccessControlList>, call);
  return (await read)[0];
}

/** The entries for a principal, who can have more than one: its name or its tenant changed since one was made. */
export async function entriesOf<E extends Pick<AccessControlEntry, "descriptor">>(
  readings: Readings,
  entries: readonly E[],
  principal: Principal,
  call: Call,
): Promise<readonly E[]> {
  const subjects = await subjectsOf(readings, entries, principal, call);
  return entries.filter(({ descriptor }) => subjects(descriptor) === principal.descriptor);
}

/** The identity descriptor under which a new entry for a principal is made. */
export async function identityOf({ client }: Readings, { descriptor, name }: Principal, call: Call): Promise<string> {
  const [identity] = await client.identities.readBatch({ subjectDescriptors: [descriptor] }, "none", call);
  if (identity) return identity.descriptor;
  const told = `the identity service does not know ${name}: let them sign in once, or add them to a group first`;
  throw new ConnectorError("refused", told);
}

/**
 * Whom the entries are for. Groups and service identities say it themselves; people are asked for, since the text that
 * names them changes with their name (facts 2.2, 4.4).
 */
export async function subjectsOf(
  { client }: Readings,
  entries: readonly Pick<AccessControlEntry, "descriptor">[],
  principal: Principal,
  call: Call,
): Promise<(descriptor: string) => string> {
  const people = entries.map(({ descriptor }) => descriptor).filter((each) => subjectOfIdentity(each) === undefined);
  const found = new Map<string, string>();
  const isPerson = !["group", "team", "service-account"].includes(principal.ref.type);
  for (let at = 0; isPerson && at < people.length; at += maxBatch) {
    const descriptors = people.slice(at, at + maxBatch);
    const identities = await client.identities.readBatch({ descriptors }, "none", call);
    for (const [index, descriptor] of descriptors.entries()) {
      const subject = identities[index]?.subjectDescriptor;
      if (subject) found.set(descriptor, safeId(canonicalDescriptor(subject)));
    }
  }
  return (descriptor) => {
    const computed = subjectOfIdentity(descriptor);
    return computed === undefined ? (found.get(descriptor) ?? unknownIdentityId(descriptor)) : safeId(computed);
  };
}
