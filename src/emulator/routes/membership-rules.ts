import { withContainers } from "../closures.ts";
import { descriptorOf } from "../lookup.ts";
import { Refusal } from "../problems.ts";
import type { Call } from "../router.ts";
import type { Subject } from "../state.ts";
import { groupOf } from "../state.ts";

/**
 * Why a membership cannot be written (facts 12.1). Type keys and texts are those of Microsoft's own exceptions
 * (RUNNER history); with which status each comes, no source tells.
 */
export function structural(call: Call, typeKey: string, message: string): Refusal {
  return new Refusal(Number(call.beliefs.structuralRefusal), typeKey, message);
}

/** What ends the SID of administrators, and of service accounts, in any scope (facts 2.4). */
const administratorsTail = "-0-0-0-0-1";
const serviceAccountsTail = "-0-0-0-0-2";

const hasTail = ({ group, payload }: Subject, tail: string) => group?.kind === "default" && payload.endsWith(tail);

/** A group whose members only the service itself writes, or another directory. */
function checkContainer(call: Call, container: Subject): void {
  if (!container.group) {
    const message = `VS403339: Cannot add or remove child from graph subject with descriptor '${descriptorOf(container)}' because it is not a group.`;
    throw new Refusal(400, "CannotEditChildrenOfNonGroupException", message);
  }
  if (container.group.kind === "entra") {
    const message = "The identity you are attempting to edit is not an application group.";
    throw new Refusal(400, "NotApplicationGroupException", message);
  }
  if (container.group.specialType === "EveryoneApplicationGroup") {
    throw structural(call, "ModifyEveryoneGroupException", "The Valid Users group cannot be modified directly.");
  }
}

/** Groups of a project stay in their project; those of the collection and of Entra may be anywhere. */
function checkScopes(call: Call, member: Subject, container: Subject): void {
  const from = member.group?.project;
  const to = groupOf(container).project;
  if (from === undefined || from === to) return;
  if (to === undefined) {
    const message = `You cannot add the project group ${member.principalName} to the global group ${container.principalName}. `;
    throw structural(call, "AddProjectGroupToGlobalGroupException", message);
  }
  const message = `Project group '${member.principalName}' cannot be added to group '${container.principalName}', it is from a different project.`;
  throw structural(call, "AddProjectGroupProjectMismatchException", message);
}

/** Refuses what cannot become a member of what. */
export function checkAddition(call: Call, member: Subject, container: Subject): void {
  checkContainer(call, container);
  checkScopes(call, member, container);
  if (!withContainers(call.state.subjects, container.index).has(member.index)) return;
  const message = `A cyclic group containment error occurred when adding a group member. The group ${member.principalName} already has the group ${container.principalName} as a contained member.`;
  throw structural(call, "AddMemberCyclicMembershipException", message);
}

/** Refuses what cannot cease to be a member of what. */
export function checkRemoval(call: Call, member: Subject, container: Subject): void {
  checkContainer(call, container);
  checkLeaving(call, member, container);
}

/** Refuses whoever has to stay where they are, in whatever way they would leave. */
export function checkLeaving(call: Call, member: Subject, container: Subject): void {
  const { caller, state } = call;
  const { administrators, owner } = state;
  if (hasTail(container, serviceAccountsTail)) {
    const message = "You cannot remove the service account from the Service Accounts group.";
    throw structural(call, "RemoveMemberServiceAccountException", message);
  }
  if (container.index === administrators && hasTail(member, serviceAccountsTail)) {
    const message = "This group cannot be removed. The existence of this Service Accounts group is required.";
    throw structural(call, "RemoveServiceAccountsFromAdminGroupException", message);
  }
  if (container.index === administrators && member.index === owner) {
    const message =
      "Current account owner is not allowed to be removed from Project Collection Administrators group. Please change the account owner and try again.";
    throw structural(call, "RemoveAccountOwnerFromAdminGroupException", message);
  }
  if (hasTail(container, administratorsTail) && member.index === caller) {
    const message =
      "You cannot remove yourself from the Administrators group. This is a safeguard to prevent an enterprise locking themselves out of a deployment or project collection. Please have another administrator remove your membership.";
    throw structural(call, "RemoveSelfFromAdminGroupException", message);
  }
}
