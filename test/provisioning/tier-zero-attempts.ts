import { type Subject, subjectAt } from "../../src/emulator/index.ts";
import type { World } from "../support/world.ts";
import {
  type Attempt,
  builtIn,
  gitNamespace,
  group,
  member,
  needsPrivileged,
  onProject,
  onRepository,
  person,
  privileged,
  projectAdministrators,
  standard,
  subjectOf,
  withPermissions,
} from "./attempt-parts.ts";
import { administrators, found, refOf } from "./parts.ts";

/** A group that leads to the collection's administrators through another one. */
function nestedInAdministrators(world: World): Subject {
  const { state, changes } = world.emulator;
  const outer = group(world);
  changes.join(state.administrators, outer.index);
  return outer;
}

/** Tier 0 needs `privileged`, by whichever way it is given. */
export const tierZero: readonly Attempt[] = [
  {
    door: "Grant of membership of the organization's administrators",
    order: (world: World) => member(administrators(world.emulator.state), person(world)),
  },
  {
    door: "Grant of membership of a project's administrators",
    order: (world: World) => member(projectAdministrators(world), person(world)),
  },
  {
    door: "Grant of membership of a group that is in the administrators",
    order: (world: World) => member(nestedInAdministrators(world), person(world)),
  },
  {
    door: "nesting a group in the administrators",
    order: (world: World) => member(administrators(world.emulator.state), group(world)),
  },
  {
    door: "Grant of membership of a group that an entry gives ManagePermissions",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const project = found(state.projects[0], "a project");
      changes.setEntry(gitNamespace, `repoV2/${project.id}`, group(world).index, { allow: 8192, deny: 0 });
      return member(group(world), person(world));
    },
  },
  { door: "Grant of ManagePermissions on a repository", order: onRepository("git.manage_permissions") },
  { door: "Grant of the bundle Administer on a repository", order: onRepository("access.admin") },
  { door: "Grant of Edit project-level information", order: onProject("project.generic_write") },
  {
    door: "Grant of ManageMembership on a project's groups",
    order: onProject("identity.manage_membership"),
  },
  {
    door: "Grant of administration of a team that is in the administrators",
    order: (world: World) => {
      const { state, changes } = world.emulator;
      const team = found(state.teams[0], "a team");
      changes.join(projectAdministrators(world).index, team.group);
      return { resource: { type: "team", id: team.id }, slug: "admin", principal: refOf(person(world)) };
    },
  },
].map((each) => ({
  ...each,
  rule: "Tier 0 needs --provisioning privileged",
  kind: "grant" as const,
  options: { ...standard, ...withPermissions },
  told: needsPrivileged,
}));

/** Tier 0 is for people, unless it is switched on for others. */
export const tierZeroTo: readonly Attempt[] = [
  {
    door: "a group into the administrators",
    order: (world: World) => member(administrators(world.emulator.state), group(world)),
    told: /--tier-zero-to groups/,
  },
  {
    door: "a group of Entra into the administrators",
    order: (world: World) =>
      member(
        administrators(world.emulator.state),
        subjectOf(world, ({ kind }) => kind === "entra-group", "a group of Entra"),
      ),
    told: /--tier-zero-to entra-groups/,
  },
  {
    door: "a guest into the administrators",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const guest = person(world);
      changes.setSubject(guest.index, { metaType: "guest" });
      return member(administrators(state), guest);
    },
    told: /--tier-zero-to guests/,
  },
  {
    door: "an identity of pipelines into the administrators",
    order: (world: World) => {
      const { state } = world.emulator;
      const build = subjectAt(state, found(state.serviceAccounts[0], "a build identity"));
      return { ...member(administrators(state), build), principal: { ...refOf(build), type: "service-account" } };
    },
    told: /--tier-zero-to build-identities/,
  },
  {
    door: "everybody of a project: a permission of Tier 0",
    order: (world: World) => ({
      ...onProject("project.generic_write")(world),
      principal: refOf(builtIn(world.emulator.state, "-0-0-0-0-3", 0)),
    }),
    told: /--tier-zero-to valid-users/,
  },
].map((each) => ({
  ...each,
  rule: "Tier 0 never to groups, guests, build identities or Valid Users",
  kind: "grant" as const,
  options: { ...privileged, ...withPermissions },
}));
