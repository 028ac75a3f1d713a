import type { Call } from "../router.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { checkLeaving } from "./membership-rules.ts";

const listingOf = ({ kind }: Subject) => (kind === "service-principal" ? "servicePrincipals" : "users");

/** Makes a person or service principal active and listed; groups are that anyway, and whoever Entra has deleted stays away. */
export function bringIn(call: Call, subject: Subject): void {
  if (subject.group || subject.deletedInOrigin || subject.kind === "stray") return;
  if (!subject.active) call.changes.setSubject(subject.index, { active: true });
  if (subject.kind !== "service-account" && subject.kind !== "legacy-service")
    call.changes.setListed(listingOf(subject), subject.index, true);
}

/**
 * Takes a person or service principal out of the organization: licence and memberships go, those of Entra groups apart,
 * which are not the organization's; entries of lists stay (facts 2.7, 12.2).
 */
export function removeFromOrganization(call: Call, subject: Subject): void {
  const { index, memberOf } = subject;
  for (const at of [...memberOf]) {
    const group = subjectAt(call.state, at);
    if (group.group?.kind === "entra") continue;
    checkLeaving(call, subject, group);
    call.changes.leave(at, index);
  }
  if (subject.entitlement) call.changes.setEntitlement(index, undefined);
  // Whoever is removed signs in no more, by token or otherwise (facts 8.1).
  const ended = call.state.tokens.map((token) =>
    token.owner === index && token.isValid ? { ...token, isValid: false } : token,
  );
  if (ended.some((token, at) => token !== call.state.tokens[at])) call.changes.setTokens(ended);
  if (subject.active) call.changes.setSubject(index, { active: false });
  if (call.beliefs.removedMembers === "listed") return;
  call.changes.setListed(listingOf(subject), index, false);
}
