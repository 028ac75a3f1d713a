import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { type Identity, identity, rowsOf } from "./schemas.ts";

/** How the identities of one batch are named; a batch holds one kind of name only. */
export type IdentityKeys =
  | { readonly subjectDescriptors: readonly string[] }
  | { readonly identityIds: readonly string[] }
  | { readonly descriptors: readonly string[] };

/** The identity service. The batch is what Microsoft's own SDKs use; the OpenAPI documents leave it out (facts 3.3). */
export interface IdentityApi {
  /** One answer for each key, in order; null for what is unknown. At most `maxBatch` keys. */
  readBatch(keys: IdentityKeys, queryMembership: "none" | "direct", call: Call): Promise<readonly (Identity | null)[]>;
  /** Identity descriptors of the groups that a subject is directly in, those of Microsoft Entra that are known among them. */
  listContainers(subjectDescriptor: string, call: Call): Promise<readonly string[]>;
  /** Whether people are members or guests, in the words of Graph, by subject descriptor; absent where it is not told. */
  readMetaTypes(subjectDescriptors: readonly string[], call: Call): Promise<ReadonlyMap<string, string>>;
  /** Identities that a name is the sign-in name, mail address or display name of, whether or not they have access. */
  search(name: string, call: Call): Promise<readonly Identity[]>;
}

/** Subjects a batch; larger ones are known to fail on big groups (facts 3.2). */
export const maxBatch = 100;

/** A hundred groups with all their members, each told twice. */
const maxBytes = 64 * 1024 * 1024;

const rows = rowsOf(identity.nullable());
const positional = z.union([z.object({ value: rows }), rows.transform((value) => ({ value }))]);

const withContainers = rowsOf(z.object({ memberOf: rowsOf(z.string()).nullish() }).nullable());
const containers = z.union([z.object({ value: withContainers }), withContainers.transform((value) => ({ value }))]);

const withMetaTypes = rowsOf(z.object({ subjectDescriptor: z.string(), metaTypeId: z.number().nullish() }).nullable());
const metaTypes = z.union([z.object({ value: withMetaTypes }), withMetaTypes.transform((value) => ({ value }))]);

/** By number; 255 is unknown (facts 2.1). */
const namesOfMetaTypes = ["member", "guest", "companyAdministrator", "helpdeskAdministrator"];

const batch = {
  area: "identity",
  method: "POST",
  path: "identitybatch",
  template: "identitybatch",
  version: "7.1-preview.1",
  scope: "Identity (Read)",
  idempotent: true,
  maxBytes,
} as const;

export function createIdentityApi(connection: Connection): IdentityApi {
  return {
    async listContainers(subjectDescriptor, call) {
      const keys = { subjectDescriptors: [subjectDescriptor] };
      const body = { ...keys, queryMembership: "direct", includeRestrictedVisibility: true };
      const [found] = (await connection.send({ ...batch, body, schema: containers }, call)).value.value;
      return found?.memberOf ?? [];
    },
    async readMetaTypes(subjectDescriptors, call) {
      const body = { subjectDescriptors, queryMembership: "none", includeRestrictedVisibility: true };
      const found = new Map<string, string>();
      for (const each of (await connection.send({ ...batch, body, schema: metaTypes }, call)).value.value) {
        const name = namesOfMetaTypes[each?.metaTypeId ?? -1];
        if (each && name) found.set(each.subjectDescriptor, name);
      }
      return found;
    },
    async search(name, call) {
      const operation = {
        area: "identity",
        method: "GET",
        path: "identities",
        template: "identities",
        version: "7.1",
        scope: "Identity (Read)",
        query: { searchFilter: "General", filterValue: name, queryMembership: "none" },
        schema: positional,
        maxBytes,
      } as const;
      return (await connection.send(operation, call)).value.value.filter((each) => each !== null);
    },
    async readBatch(keys, queryMembership, call) {
      const body = { ...keys, queryMembership, includeRestrictedVisibility: true };
      const answer = await connection.send({ ...batch, body, schema: positional }, call);
      return answer.value.value;
    },
  };
}
