import { allAtOnce, defineResource } from "../connector/handler.ts";
import type { Resource } from "../connector/model.ts";
import type { Readings } from "./readings/index.ts";
import type { UnknownIdentity } from "./readings/principals.ts";

/**
 * Members and administrators that no listing has: deleted, foreign, unresolvable, or of a kind that is not known. They
 * are reported so that what they hold is seen, and no grant points at nothing.
 */
export const unknownIdentityResource = defineResource<Readings>({
  type: {
    id: "unknown-identity",
    displayName: "Unknown identity",
    description: "A member that no listing of the organization has: deleted, foreign or unresolvable.",
    traits: ["user"],
  },
  entitlements: [],
  list: (readings) => allAtOnce(async (call) => [...(await readings.unlisted.unknown(call)).values()].map(toResource)),
  async get(readings, id, call) {
    const identity = (await readings.unlisted.unknown(call)).get(id);
    return identity && toResource(identity);
  },
});

function toResource({ id, identityType, reason, displayName }: UnknownIdentity): Resource {
  return {
    type: "unknown-identity",
    id,
    displayName: displayName || `Unknown identity (${identityType || "no type"})`,
    status: { value: "unspecified", details: reason },
    user: { emails: [], accountType: "service" },
    profile: { identity_type: identityType, orphan_reason: reason },
  };
}
