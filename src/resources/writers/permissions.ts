import { identityNamespaceId, teamAdministratorBits } from "../../azure-devops/security.ts";
import type { ChangeRequest, Writer } from "../../connector/changes.ts";
import { shorten } from "../../connector/ids.ts";
import { ConnectorError } from "../../errors.ts";
import { bitsOf } from "../../permissions/bits.ts";
import { memberTypesOf } from "../membership-grants.ts";
import type { GovernedType } from "../permissions/sources.ts";
import type { Readings } from "../readings/index.ts";
import { accessChange } from "./access-change.ts";
import { containersOf } from "./containers.ts";
import { permissionTarget } from "./permission-target.ts";
import { findPrincipal } from "./principals.ts";
import { tierZeroOfGroup } from "./tier-zero.ts";

/** Permissions by entries in access control lists. */
export function permissionWriter(type: GovernedType): Writer<Readings> {
  return async (readings, request, policy, call) => {
    guardHolder(readings, request);
    const [target, principal] = await Promise.all([
      permissionTarget(readings, { type, id: request.resource.id }, request, call),
      findPrincipal(readings, request.principal, call),
    ]);
    return accessChange(readings, request, principal, target, policy);
  };
}

/** What makes a team's administrator: all that Microsoft's own clients set on the team's token (facts 4.8). */
export const teamAdminWriter: Writer<Readings> = async (readings, request, policy, call) => {
  guardHolder(readings, request);
  const [teams, principal] = await Promise.all([
    readings.projects.teams(call),
    findPrincipal(readings, request.principal, call),
  ]);
  const team = teams.get(request.resource.id);
  if (!team) throw new ConnectorError("not-found", `there is no team ${shorten(request.resource.id)}: sync again`);
  const { graph } = readings.client;
  const actions = [...bitsOf(teamAdministratorBits)].map((bit) => ({
    bit,
    name: "",
    slug: "",
    displayName: "administration",
    tier: 1 as const,
    system: false,
  }));
  const target = {
    namespace: { id: identityNamespaceId, separator: "\\" },
    token: `${team.projectId}\\${team.id}`,
    actions,
    label: `administration of team ${team.name}`,
    whole: true,
    async tierZero(own: typeof call) {
      const group = await graph.getDescriptor(team.id, own);
      return group && tierZeroOfGroup(readings, await containersOf(readings, group, own), own);
    },
  };
  return accessChange(readings, request, principal, target, policy);
};

/** Fails for what can hold no permission. */
export function guardHolder({ options }: Readings, { kind, principal }: ChangeRequest): void {
  const types = memberTypesOf(options);
  if (types.includes(principal.type) && (kind === "revoke" || principal.type !== "unknown-identity")) return;
  const told = `a ${shorten(principal.type)} can hold no permission; these can: ${types.join(", ")}`;
  throw new ConnectorError("invalid-request", told);
}
