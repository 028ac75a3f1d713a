import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { type GraphGroup, type GraphUser, graphGroup, graphUser } from "./schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** A group that is to be made. */
export interface GroupToMake {
  /** Descriptor of the project, `scp.…`; without it the group is the organization's. */
  readonly scope?: string | undefined;
  readonly displayName: string;
  readonly description: string;
  /** The group's storage key, chosen here: by it the group is found when the answer is lost (facts 12.1). */
  readonly storageKey: string;
}

/** What can be changed of a group; nothing else of it can (facts 3.1). */
export interface GroupFields {
  readonly displayName?: string;
  readonly description?: string;
}

/** Changes of subjects themselves. */
export interface GraphWriteApi {
  /** Makes a person of the directory known to the organization, without a licence or access; whom it does not know is refused. */
  materializeUser(principalName: string, call: Call): Promise<Written & { readonly user: GraphUser }>;
  createGroup(group: GroupToMake, call: Call): Promise<Written & { readonly group: GraphGroup }>;
  updateGroup(descriptor: string, fields: GroupFields, call: Call): Promise<Written>;
  /** Nothing brings its members and parents back (facts 2.7). */
  deleteGroup(descriptor: string, call: Call): Promise<Written>;
}

const base = { area: "graph", version: "7.1-preview.1", scope: "Graph (Read & manage)" } as const;

export function createGraphWriteApi(connection: Connection): GraphWriteApi {
  const ofGroup = (descriptor: string) => ({
    ...base,
    path: `graph/groups/${encodeURIComponent(descriptor)}`,
    template: "graph/groups/{descriptor}",
  });

  return {
    async materializeUser(principalName, call) {
      const path = "graph/users";
      const operation = {
        ...base,
        method: "POST",
        path,
        template: path,
        body: { principalName },
        schema: graphUser,
      } as const;
      const { value, activityId } = await sendWrite(connection, operation, call);
      return { user: value, activityId };
    },
    async createGroup({ scope, displayName, description, storageKey }, call) {
      const path = "graph/groups";
      const operation = {
        ...base,
        method: "POST",
        path,
        template: path,
        query: { scopeDescriptor: scope },
        body: { displayName, description, storageKey },
        schema: graphGroup,
      } as const;
      const { value, activityId } = await sendWrite(connection, operation, call);
      return { group: value, activityId };
    },
    updateGroup(descriptor, fields, call) {
      const body = Object.entries(fields).map(([name, value]) => ({ op: "replace", path: `/${name}`, value }));
      const operation = {
        ...ofGroup(descriptor),
        method: "PATCH",
        contentType: "application/json-patch+json",
        body,
        schema: z.unknown(),
      } as const;
      return sendWrite(connection, operation, call);
    },
    deleteGroup(descriptor, call) {
      return sendWrite(connection, { ...ofGroup(descriptor), method: "DELETE", schema: z.unknown() }, call);
    },
  };
}
