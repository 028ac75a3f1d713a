import type { EmulatorOptions, OrganizationState, Subject } from "../../src/emulator/index.ts";
import { subjectAt } from "../../src/emulator/index.ts";
import type { Order } from "../support/orders.ts";
import type { ReplicaOptions, World } from "../support/world.ts";
import { found, people, plainGroup, refOf } from "./parts.ts";

/** Something that a guardrail has to refuse. */
export interface Attempt {
  readonly rule: string;
  /** By which way it is tried. */
  readonly door: string;
  readonly kind: "grant" | "revoke";
  readonly emulator?: EmulatorOptions;
  readonly options: ReplicaOptions;
  /** Arranges the organization, unseen by the connector, and says what is ordered. */
  readonly order: (world: World) => Order;
  /** The refusal names the cause, and the option that would allow it where one would. */
  readonly told: RegExp;
}

export const standard: ReplicaOptions = { provisioning: "standard" };
export const privileged: ReplicaOptions = { provisioning: "privileged" };
export const withPermissions = { sync: { permissionDetail: "all" } } as const;

export const person = ({ emulator: { state } }: World) => found(people(state)[0], "a person");
export const group = ({ emulator: { state } }: World) => plainGroup(state);
export const member = (container: Subject, principal: Subject): Order => ({
  resource: refOf(container),
  slug: "member",
  principal: refOf(principal),
});

export function projectAdministrators({ emulator: { state } }: World): Subject {
  const isAdministrators = ({ payload, group: own }: Subject) =>
    own?.project === 0 && payload.endsWith("-0-0-0-0-1") && own.kind === "default";
  return found(state.groups.map((index) => subjectAt(state, index)).find(isAdministrators), "project administrators");
}

export const builtIn = (state: OrganizationState, tail: string, project?: number) =>
  found(
    state.groups
      .map((index) => subjectAt(state, index))
      .find((each) => each.payload.endsWith(tail) && each.group?.project === project),
    `the group ${tail}`,
  );

export const onRepository = (slug: string) => (world: World) => {
  const repository = found(world.emulator.state.repositories[0], "a repository");
  return { resource: { type: "repository", id: repository.id }, slug, principal: refOf(person(world)) };
};

export const onProject = (slug: string) => (world: World) => {
  const project = found(world.emulator.state.projects[0], "a project");
  return { resource: { type: "project", id: project.id }, slug, principal: refOf(person(world)) };
};

export const needsPrivileged = /--provisioning privileged/;

export const gitNamespace = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87";

export function subjectOf(world: World, isIt: (subject: Subject) => boolean, what: string): Subject {
  return found(world.emulator.state.subjects.find(isIt), what);
}

export function emptied(
  { emulator: { changes } }: { emulator: Pick<World["emulator"], "changes"> },
  container: Subject,
): Subject {
  for (const each of [...(container.group?.members ?? [])]) changes.leave(container.index, each);
  return container;
}
