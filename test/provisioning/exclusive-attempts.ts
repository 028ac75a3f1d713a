import { subjectAt } from "../../src/emulator/index.ts";
import { optionalTypes } from "../../src/resources/options.ts";
import type { World } from "../support/world.ts";
import { type Attempt, person, standard } from "./attempt-parts.ts";
import { found, refOf } from "./parts.ts";

const options = { ...standard, sync: { optionalTypes } };

const taskNamespace = "101eae8c-1709-47f9-b228-0e476c35b3ba";

function onPool(world: World, who: "person" | "self", bits: { readonly allow: number; readonly deny: number }) {
  const { state, changes } = world.emulator;
  const { id } = found(state.roleObjects.pools.at(-1), "a pool");
  const holder = who === "self" ? subjectAt(state, state.caller) : person(world);
  changes.setEntry(taskNamespace, `AgentPools/${id}`, holder.index, bits);
  return { resource: { type: "agent-pool", id: String(id) }, slug: "reader", principal: refOf(holder) };
}

/** Roles and access levels: whatever is given takes the place of what is there. */
export const exclusiveAttempts: readonly Attempt[] = [
  {
    rule: "an explicit deny stays without --remove-denies",
    door: "Grant of a role in place of it",
    kind: "grant",
    options,
    order: (world) => onPool(world, "person", { allow: 0, deny: 16 }),
    told: /--remove-denies/,
  },
  {
    rule: "nothing is replaced that could not be put back",
    door: "Grant of a role in place of permissions that no role names",
    kind: "grant",
    options,
    order: (world) => onPool(world, "person", { allow: 10, deny: 0 }),
    told: /could not be put back/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Grant of a role in place of permissions that no role names",
    kind: "grant",
    options,
    order: (world) => onPool(world, "self", { allow: 10, deny: 0 }),
    told: /identity of this connector/,
  },
  {
    rule: "nothing from the connector's own identity",
    door: "Grant of an access level that takes a subscription",
    kind: "grant",
    options,
    order: ({ emulator: { state, changes } }) => {
      const self = subjectAt(state, state.caller);
      const own = { level: "express", status: "active", lastAccess: 0, created: 0, assignment: "unknown" } as const;
      changes.setEntitlement(self.index, own);
      return {
        resource: { type: "access-level", id: "visual-studio-enterprise" },
        slug: "assigned",
        principal: refOf(self),
      };
    },
    told: /identity of this connector/,
  },
];
