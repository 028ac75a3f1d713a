import { z } from "zod";
import type { Call } from "../call.ts";
import { isConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { continuationOf, type Operation } from "./operations.ts";
import {
  type GraphGroup,
  type GraphUser,
  graphGroup,
  graphMembership,
  graphUser,
  listOf,
  membershipState,
  subjectLookup,
  valueBody,
} from "./schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** A page of a listing; `next` is absent on the last one only: pages may be short or empty before it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** The Graph service: users, groups, service principals and their direct memberships. */
export interface GraphApi {
  listUsers(cursor: string, call: Call): Promise<Page<GraphUser>>;
  listGroups(cursor: string, call: Call): Promise<Page<GraphGroup>>;
  listServicePrincipals(cursor: string, call: Call): Promise<Page<GraphUser>>;
  /** Undefined when there is no such subject. */
  getUser(descriptor: string, call: Call): Promise<GraphUser | undefined>;
  getServicePrincipal(descriptor: string, call: Call): Promise<GraphUser | undefined>;
  getGroup(descriptor: string, call: Call): Promise<GraphGroup | undefined>;
  /** Subject descriptors of the direct members, in one body (no paging); undefined when the group is gone. */
  listMembers(groupDescriptor: string, call: Call): Promise<readonly string[] | undefined>;
  /** Subject descriptors of the groups that a subject is a direct member of; undefined when it is gone. */
  listContainers(descriptor: string, call: Call): Promise<readonly string[] | undefined>;
  /** Whether a subject is a direct member; false also when either of the two is gone. */
  isMember(descriptor: string, groupDescriptor: string, call: Call): Promise<boolean>;
  /** Right to repeat; reads can be behind it by seconds (facts 12.1). */
  addMember(descriptor: string, groupDescriptor: string, call: Call): Promise<Written>;
  removeMember(descriptor: string, groupDescriptor: string, call: Call): Promise<Written>;
  /** False once a subject was removed from the organization, though it can still be fetched. */
  isActive(descriptor: string, call: Call): Promise<boolean>;
  getStorageKey(descriptor: string, call: Call): Promise<string | undefined>;
  /** The subject descriptor of a storage key; a team id is one. */
  getDescriptor(storageKey: string, call: Call): Promise<string | undefined>;
  /** Subjects by descriptor, any number of them; what is unknown is absent. */
  lookup(descriptors: readonly string[], call: Call): Promise<ReadonlyMap<string, GraphUser>>;
}

const base = { area: "graph", method: "GET", version: "7.1-preview.1", scope: "Graph (Read)" } as const;
/** About 600 bytes a member. */
const maxMembersBytes = 64 * 1024 * 1024;
const change = { ...base, scope: "Graph (Read & manage)" } as const;
/** The service refuses more keys in one look-up (TF400049). */
const maxLookupKeys = 500;

export function createGraphApi(connection: Connection): GraphApi {
  async function list<T>(path: string, item: z.ZodType<T>, cursor: string, call: Call): Promise<Page<T>> {
    const query = { continuationToken: cursor || undefined };
    const schema: z.ZodType<{ value: T[] }> = listOf(item);
    const answer = await connection.send({ ...base, path, template: path, query, schema }, call);
    return { items: answer.value.value, next: continuationOf(answer) };
  }

  async function getOrUndefined<T>(operation: Operation<T>, call: Call): Promise<T | undefined> {
    try {
      return (await connection.send(operation, call)).value;
    } catch (error) {
      if (isConnectorError(error, "not-found")) return undefined;
      throw error;
    }
  }

  const one = <T>(path: string, descriptor: string, schema: z.ZodType<T>): Operation<T> => ({
    ...base,
    path: `${path}/${encodeURIComponent(descriptor)}`,
    template: `${path}/{descriptor}`,
    schema,
  });

  /** The memberships of a subject in one body; there is no paging. */
  async function direct(descriptor: string, direction: "up" | "down", call: Call) {
    const operation = { ...one("graph/memberships", descriptor, listOf(graphMembership)), maxBytes: maxMembersBytes };
    return (await getOrUndefined({ ...operation, query: { direction, depth: 1 } }, call))?.value;
  }

  const membership = (descriptor: string, group: string) => ({
    ...base,
    path: `graph/memberships/${encodeURIComponent(descriptor)}/${encodeURIComponent(group)}`,
    template: "graph/memberships/{subject}/{container}",
  });

  return {
    listUsers: (cursor, call) => list("graph/users", graphUser, cursor, call),
    listGroups: (cursor, call) => list("graph/groups", graphGroup, cursor, call),
    listServicePrincipals: (cursor, call) => list("graph/serviceprincipals", graphUser, cursor, call),
    getUser: (descriptor, call) => getOrUndefined(one("graph/users", descriptor, graphUser), call),
    getServicePrincipal: (descriptor, call) =>
      getOrUndefined(one("graph/serviceprincipals", descriptor, graphUser), call),
    getGroup: (descriptor, call) => getOrUndefined(one("graph/groups", descriptor, graphGroup), call),
    async listMembers(groupDescriptor, call) {
      return (await direct(groupDescriptor, "down", call))?.map(({ memberDescriptor }) => memberDescriptor);
    },
    async listContainers(descriptor, call) {
      return (await direct(descriptor, "up", call))?.map(({ containerDescriptor }) => containerDescriptor);
    },
    async isMember(descriptor, groupDescriptor, call) {
      const found = await getOrUndefined({ ...membership(descriptor, groupDescriptor), schema: graphMembership }, call);
      return found !== undefined;
    },
    async addMember(descriptor, groupDescriptor, call) {
      const schema = graphMembership;
      const operation = { ...membership(descriptor, groupDescriptor), ...change, method: "PUT", schema } as const;
      return sendWrite(connection, operation, call);
    },
    async removeMember(descriptor, groupDescriptor, call) {
      const schema = z.unknown();
      const operation = {
        ...membership(descriptor, groupDescriptor),
        ...change,
        method: "DELETE",
        schema,
      } as const;
      return sendWrite(connection, operation, call);
    },
    async isActive(descriptor, call) {
      const state = await getOrUndefined(one("graph/membershipstates", descriptor, membershipState), call);
      return state?.active ?? false;
    },
    async getStorageKey(descriptor, call) {
      const body = await getOrUndefined(one("graph/storagekeys", descriptor, valueBody), call);
      return body?.value.toLowerCase();
    },
    async getDescriptor(storageKey, call) {
      return (await getOrUndefined(one("graph/descriptors", storageKey, valueBody), call))?.value;
    },
    async lookup(descriptors, call) {
      const found = new Map<string, GraphUser>();
      for (let start = 0; start < descriptors.length; start += maxLookupKeys) {
        const keys = descriptors.slice(start, start + maxLookupKeys);
        const answer = await connection.send(
          {
            ...base,
            method: "POST",
            path: "graph/subjectlookup",
            template: "graph/subjectlookup",
            body: { lookupKeys: keys.map((descriptor) => ({ descriptor })) },
            schema: subjectLookup,
            idempotent: true,
          },
          call,
        );
        for (const [descriptor, subject] of Object.entries(answer.value.value)) {
          if (subject) found.set(descriptor, subject);
        }
      }
      return found;
    },
  };
}
