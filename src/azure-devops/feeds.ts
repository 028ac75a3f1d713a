import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { flag, guid, optionalText, projectReference } from "./references.ts";
import { listOf } from "./schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** Which feed: one of a project is addressed through its project, and is not found without. */
export interface FeedAddress {
  readonly id: string;
  readonly projectId?: string | undefined;
}

/** Package feeds of the organization and of its projects. */
export interface FeedApi {
  /** All feeds that the caller sees, of projects too (no paging). */
  list(call: Call): Promise<readonly Feed[]>;
  listPermissions(feed: FeedAddress, call: Call): Promise<readonly FeedPermission[]>;
  listViews(feed: FeedAddress, call: Call): Promise<readonly FeedView[]>;
  /** Who may create feeds, and who administers all of them. */
  globalPermissions(call: Call): Promise<readonly GlobalFeedPermission[]>;
  /** Gives an identity a role in place of any other; `none` takes it (facts 5.3). */
  setPermission(feed: FeedAddress, identityDescriptor: string, role: string, call: Call): Promise<Written>;
  setGlobalPermission(identityDescriptor: string, role: string, call: Call): Promise<Written>;
}

const feed = z.object({
  id: guid,
  name: z.string(),
  description: optionalText,
  /** Absent for a feed of the organization. */
  project: projectReference.nullish(),
  isReadOnly: flag,
  upstreamEnabled: flag,
  deletedDate: optionalText,
  defaultViewId: optionalText,
});

/** `{type};{identifier}`: a text on the wire, an object in the documents. */
const identityDescriptor = z.union([
  z.string(),
  z
    .object({ identityType: z.string(), identifier: z.string() })
    .transform(({ identityType, identifier }) => `${identityType};${identifier}`),
]);

const permission = z.object({
  identityDescriptor,
  /** Storage key. */
  identityId: guid.nullish(),
  displayName: optionalText,
  /** `none`, `reader`, `collaborator`, `contributor`, `administrator` (shown as Owner) or `custom`. */
  role: z.string(),
  /** True for what the feed has from above, and cannot be taken away there. */
  isInheritedRole: flag,
});

const view = z.object({
  id: guid,
  name: z.string(),
  type: optionalText,
  /** `private`, `collection`, `organization` or `aadTenant`: who may read packages through it. */
  visibility: optionalText,
});

/** `role` is `feedCreator`, `administrator`, `none` or `custom`. */
const globalPermission = z.object({ identityDescriptor, identityId: guid.nullish(), role: z.string() });

export type Feed = z.infer<typeof feed>;
export type FeedPermission = z.infer<typeof permission>;
export type FeedView = z.infer<typeof view>;
export type GlobalFeedPermission = z.infer<typeof globalPermission>;

const base = { area: "packaging", method: "GET", version: "7.1", scope: "Packaging (Read)" } as const;

const change = { ...base, method: "PATCH", scope: "Packaging (Read, write & manage)", schema: z.unknown() } as const;

export function createFeedApi(connection: Connection): FeedApi {
  return {
    async list(call) {
      const operation = { ...base, path: "packaging/feeds", template: "packaging/feeds" };
      return (await connection.send({ ...operation, schema: listOf(feed) }, call)).value.value;
    },
    async listPermissions(address, call) {
      const operation = { ...base, ...partOf(address, "permissions"), query: { includeIds: true } };
      return (await connection.send({ ...operation, schema: listOf(permission) }, call)).value.value;
    },
    async listViews(address, call) {
      const operation = { ...base, ...partOf(address, "views") };
      return (await connection.send({ ...operation, schema: listOf(view) }, call)).value.value;
    },
    async globalPermissions(call) {
      const path = "packaging/globalpermissions";
      const operation = { ...base, path, template: path, query: { includeIds: true } };
      return (await connection.send({ ...operation, schema: listOf(globalPermission) }, call)).value.value;
    },
    async setPermission(address, descriptor, role, call) {
      const body = [{ identityDescriptor: descriptor, role }];
      return sendWrite(connection, { ...change, ...partOf(address, "permissions"), body }, call);
    },
    async setGlobalPermission(descriptor, role, call) {
      const path = "packaging/globalpermissions";
      const body = [{ identityDescriptor: descriptor, role }];
      return sendWrite(connection, { ...change, path, template: path, body }, call);
    },
  };
}

function partOf({ id, projectId }: FeedAddress, part: string) {
  const place = {
    path: `packaging/Feeds/${encodeURIComponent(id)}/${part}`,
    template: `packaging/feeds/{feed}/${part}`,
  };
  return projectId === undefined ? place : { ...place, project: projectId };
}
