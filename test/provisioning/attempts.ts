import { type Subject, subjectAt } from "../../src/emulator/index.ts";
import type { World } from "../support/world.ts";
import {
  type Attempt,
  builtIn,
  emptied,
  gitNamespace,
  group,
  member,
  needsPrivileged,
  onRepository,
  person,
  privileged,
  projectAdministrators,
  standard,
  subjectOf,
  withPermissions,
} from "./attempt-parts.ts";
import { exclusiveAttempts } from "./exclusive-attempts.ts";
import { administrators, found, people, refOf } from "./parts.ts";
import { tierZero, tierZeroTo } from "./tier-zero-attempts.ts";

/** Leaves so many enabled people among the administrators, and gives them. */
function withAdministrators({ emulator: { state, changes } }: World, container: Subject, count: number): Subject[] {
  emptied({ emulator: { changes } }, container);
  const left = people(state).slice(0, count);
  for (const each of left) changes.join(container.index, each.index);
  return left;
}

const minAdmins: readonly Attempt[] = [
  {
    door: "Revoke of the last but one of the organization's administrators",
    order: (world: World) => {
      const container = administrators(world.emulator.state);
      const [first] = withAdministrators(world, container, 2);
      return member(container, found(first, "an administrator"));
    },
  },
  {
    door: "Revoke of the last but one of a project's administrators",
    order: (world: World) => {
      const container = projectAdministrators(world);
      const [first] = withAdministrators(world, container, 2);
      return member(container, found(first, "an administrator"));
    },
  },
  {
    door: "Revoke of a group that all other administrators are in",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const container = administrators(state);
      withAdministrators(world, container, 1);
      const inner = emptied(world, group(world));
      for (const each of people(state).slice(1, 4)) changes.join(inner.index, each.index);
      changes.join(container.index, inner.index);
      return member(container, inner);
    },
  },
  {
    door: "Revoke of a member of the group by which they are administrators",
    order: (world: World) => {
      const { changes, state } = world.emulator;
      const container = administrators(state);
      withAdministrators(world, container, 1);
      const inner = emptied(world, group(world));
      const only = found(people(state)[3], "a person");
      changes.join(inner.index, only.index);
      changes.join(container.index, inner.index);
      return member(inner, only);
    },
  },
].map((each) => ({
  ...each,
  rule: "never below --min-admins enabled people",
  kind: "revoke" as const,
  options: privileged,
  told: /--min-admins/,
}));

const others: readonly Attempt[] = [
  {
    rule: "the organization's owner stays",
    door: "Revoke of the owner's membership of the administrators",
    kind: "revoke",
    options: privileged,
    order: ({ emulator: { state } }) => member(administrators(state), subjectAt(state, state.owner)),
    told: /owner/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Revoke of its own membership",
    kind: "revoke",
    options: privileged,
    order: ({ emulator: { state } }) => member(administrators(state), subjectAt(state, state.caller)),
    told: /identity of this connector/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Revoke of a group that it is in",
    kind: "revoke",
    options: privileged,
    order: (world) => {
      const { state, changes } = world.emulator;
      const inner = group(world);
      changes.join(inner.index, state.caller);
      changes.join(state.administrators, inner.index);
      return member(administrators(state), inner);
    },
    told: /identity of this connector is in/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Revoke of a permission of a group that it is in",
    kind: "revoke",
    options: { ...privileged, ...withPermissions },
    order: ({ emulator: { state } }) => ({
      resource: { type: "organization", id: state.collectionId },
      slug: "collection.delete_field",
      principal: refOf(administrators(state)),
    }),
    told: /identity of this connector is in/,
  },
  ...["-0-0-0-0-3", "-0-0-0-0-2", "-0-0-0-0-5"].map(
    (tail): Attempt => ({
      rule: "untouchable groups",
      door: `Grant of membership of the built-in group ${tail}`,
      kind: "grant",
      options: privileged,
      order: (world) => member(builtIn(world.emulator.state, tail), person(world)),
      told: /no option allows/,
    }),
  ),
  {
    rule: "untouchable groups",
    door: "Grant of membership of a project's Valid Users",
    kind: "grant",
    options: privileged,
    order: (world) => member(builtIn(world.emulator.state, "-0-0-0-0-3", 0), person(world)),
    told: /no option allows/,
  },
  {
    rule: "--max-revokes-per-hour",
    door: "Revoke beyond it",
    kind: "revoke",
    options: { ...standard, changes: { maxRevokesPerHour: 0 } },
    order: (world) => {
      const { changes } = world.emulator;
      changes.join(group(world).index, person(world).index);
      return member(group(world), person(world));
    },
    told: /--max-revokes-per-hour/,
  },
  {
    rule: "--max-group-shrink",
    door: "Revoke beyond it",
    kind: "revoke",
    options: { ...standard, changes: { maxGroupShrinkPercent: 1 } },
    order: (world) => {
      const { state, changes } = world.emulator;
      for (const each of people(state).slice(0, 12)) changes.join(group(world).index, each.index);
      return member(group(world), person(world));
    },
    told: /--max-group-shrink/,
  },
  {
    rule: "rights of each caller",
    door: "Grant by a caller who may only read",
    kind: "grant",
    options: { ...privileged, changes: { callerRights: new Map([["local", "read-only"]]) } },
    order: (world) => member(group(world), person(world)),
    told: /--caller-rights/,
  },
  {
    rule: "rights of each caller",
    door: "Grant by a caller who is not named while others are",
    kind: "grant",
    options: { ...privileged, changes: { callerRights: new Map([["somebody", "privileged"]]) } },
    order: (world) => member(group(world), person(world)),
    told: /--caller-rights/,
  },
  {
    rule: "rights of each caller",
    door: "Grant of Tier 0 by a caller with standard rights",
    kind: "grant",
    options: { ...privileged, changes: { callerRights: new Map([["local", "standard"]]) } },
    order: (world) => member(administrators(world.emulator.state), person(world)),
    told: needsPrivileged,
  },
  ...(["grant", "revoke"] as const).map(
    (kind): Attempt => ({
      rule: "--provisioning off",
      door: kind === "grant" ? "Grant" : "Revoke",
      kind,
      options: {},
      order: (world) => member(group(world), person(world)),
      told: /--provisioning standard/,
    }),
  ),
  {
    rule: "--entra-groups refuse",
    door: "Grant of membership of a group of Entra",
    kind: "grant",
    options: { ...standard, changes: { entraGroups: { mode: "refuse", allowed: new Set() } } },
    order: (world) =>
      member(
        subjectOf(world, ({ kind }) => kind === "entra-group", "a group of Entra"),
        person(world),
      ),
    told: /--entra-groups manage/,
  },
  {
    rule: "an explicit deny stays without --remove-denies",
    door: "Grant of a permission that the person is denied",
    kind: "grant",
    options: { ...privileged, ...withPermissions },
    order: (world) => {
      const { state, changes } = world.emulator;
      const repository = found(state.repositories[0], "a repository");
      const project = found(state.projects[repository.project], "its project");
      const token = `repoV2/${project.id}/${repository.id}`;
      changes.setEntry(gitNamespace, token, person(world).index, { allow: 0, deny: 8 });
      return onRepository("git.force_push")(world);
    },
    told: /--remove-denies/,
  },
];

export const attempts: readonly Attempt[] = [...tierZero, ...tierZeroTo, ...minAdmins, ...exclusiveAttempts, ...others];
