import { Refusal } from "../problems.ts";
import type { Call } from "../router.ts";
import type { Project } from "../state.ts";
import { subjectAt } from "../state.ts";
import { insideProject } from "../visibility.ts";

/** The project that a `scp.` descriptor names; its payload is the scope id, not the project id (facts 15.3). */
export function projectOfScope(call: Call, descriptor: string): Project | undefined {
  if (!/^scp\./i.test(descriptor)) return undefined;
  return call.lookup.projectByScope(Buffer.from(descriptor.slice(4), "base64url").toString("utf8"));
}

/**
 * A test for the subjects that `scopeDescriptor` leaves in a listing: of groups those of the project itself, of
 * others those that are in its groups (facts 3.1; for users and service principals the documents say no more).
 */
export function scopeFilter(call: Call): ((index: number) => boolean) | undefined {
  const descriptor = call.query.get("scopedescriptor");
  if (descriptor === undefined || descriptor === "") return undefined;
  const project = projectOfScope(call, descriptor);
  if (!project) {
    throw new Refusal(404, "GroupScopeDoesNotExistException", `VS403370: The scope '${descriptor}' does not exist.`);
  }
  const inside = insideProject(call.state, project.index);
  return (index) => {
    const { group } = subjectAt(call.state, index);
    return group ? group.project === project.index : inside.has(index);
  };
}
