import type { Call } from "../call.ts";
import { type ConnectorError, isConnectorError } from "../errors.ts";
import type { GraphConnection } from "./connection.ts";
import { type Depth, type Members, readMembers } from "./members.ts";
import { groupBody } from "./schemas.ts";

/** A group of Microsoft Entra, as far as it decides whether its members can be changed. */
export interface EntraGroup {
  readonly id: string;
  readonly displayName: string;
  /** A rule decides who is in it. */
  readonly isDynamic: boolean;
  /** Entra's own roles can be given to it, so that its members are changed with a permission of another kind. */
  readonly isRoleAssignable: boolean;
  /** A directory on premises is where it is kept. */
  readonly isSyncedFromOnPremises: boolean;
  /** Exchange keeps it: a distribution list, or a security group with mail. */
  readonly isKeptByExchange: boolean;
}

export interface GroupApi {
  /** Undefined when there is no such group. */
  getGroup(groupId: string, call: Call): Promise<EntraGroup | undefined>;
  /** Who is in each of many groups, completely. */
  listMembers(groupIds: readonly string[], depth: Depth, call: Call): Promise<Members>;
  /** Ids of the groups that a group is in, at any depth. */
  listContainers(groupId: string, call: Call): Promise<readonly string[]>;
  /** Who was a member before is so still: `unchanged`. */
  addMember(groupId: string, memberId: string, call: Call): Promise<"changed" | "unchanged">;
  removeMember(groupId: string, memberId: string, call: Call): Promise<"changed" | "unchanged">;
}

/** Why a group's members cannot be changed by an application, with the remedy; undefined where they can. */
export function reasonAgainstChanges(group: EntraGroup): string | undefined {
  const name = `the Entra group ${group.displayName} (${group.id})`;
  if (group.isDynamic) return `${name} is dynamic: change its rule in Entra, or the attributes that the rule looks at`;
  if (group.isSyncedFromOnPremises) return `${name} is synced from a directory on premises: change it there`;
  if (group.isRoleAssignable)
    return `${name} can be given roles of Entra: change it there, as a Privileged Role Administrator`;
  if (group.isKeptByExchange) return `${name} is kept by Exchange: change it in the Exchange admin center`;
  return undefined;
}

const read = "GroupMember.Read.All";
const write = "GroupMember.ReadWrite.All";
const selected = "id,displayName,groupTypes,mailEnabled,isAssignableToRole,onPremisesSyncEnabled";

export function createGroupApi(connection: GraphConnection): GroupApi {
  const pathOf = (groupId: string) => `/groups/${encodeURIComponent(groupId)}`;

  async function isMember(groupId: string, memberId: string, call: Call): Promise<boolean | undefined> {
    const members = (await readMembers(connection, [groupId], "direct", call)).get(groupId);
    return members?.some(({ id }) => id === memberId.toLowerCase());
  }

  /** What a refusal means is told by what is so, since the words of a refusal may change. */
  async function unlessSo(refusal: unknown, isSo: () => Promise<boolean>): Promise<"unchanged"> {
    if (isRefusal(refusal) && (await isSo())) return "unchanged";
    throw refusal;
  }

  return {
    async getGroup(groupId, call) {
      const path = `${pathOf(groupId)}?$select=${selected}`;
      const request = { method: "GET", path, template: "groups/{id}", permission: read } as const;
      try {
        const body = await connection.read(request, groupBody, call);
        const types = body.groupTypes ?? [];
        return {
          id: body.id.toLowerCase(),
          displayName: body.displayName ?? body.id,
          isDynamic: types.includes("DynamicMembership"),
          isRoleAssignable: body.isAssignableToRole ?? false,
          isSyncedFromOnPremises: body.onPremisesSyncEnabled ?? false,
          isKeptByExchange: (body.mailEnabled ?? false) && !types.includes("Unified"),
        };
      } catch (error) {
        if (isConnectorError(error, "not-found")) return undefined;
        throw error;
      }
    },
    listMembers: (groupIds, depth, call) => readMembers(connection, groupIds, depth, call),
    async listContainers(groupId, call) {
      const above = (await readMembers(connection, [groupId], "above", call)).get(groupId) ?? [];
      return above.filter(({ kind }) => kind === "group").map(({ id }) => id);
    },
    async addMember(groupId, memberId, call) {
      const object = `${connection.baseUrl.href.replace(/\/+$/, "")}/directoryObjects/${encodeURIComponent(memberId)}`;
      const path = `${pathOf(groupId)}/members/$ref`;
      const body = { "@odata.id": object };
      const request = { method: "POST", path, template: "groups/{id}/members/$ref", body, permission: write } as const;
      try {
        await connection.write(request, call);
        return "changed";
      } catch (error) {
        // 400 for who is a member already.
        return unlessSo(error, async () => (await isMember(groupId, memberId, call)) === true);
      }
    },
    async removeMember(groupId, memberId, call) {
      const path = `${pathOf(groupId)}/members/${encodeURIComponent(memberId)}/$ref`;
      const template = "groups/{id}/members/{id}/$ref";
      try {
        await connection.write({ method: "DELETE", path, template, permission: write }, call);
        return "changed";
      } catch (error) {
        // 404 for who is no member, and for a group that is gone.
        return unlessSo(error, async () => (await isMember(groupId, memberId, call)) === false);
      }
    },
  };
}

const isRefusal = (error: unknown): error is ConnectorError =>
  isConnectorError(error, "refused", "not-found", "conflict");
