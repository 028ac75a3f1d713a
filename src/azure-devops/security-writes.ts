import { z } from "zod";
import type { Call } from "../call.ts";
import type { Connection } from "./connection.ts";
import { signed } from "./security.ts";
import { accessControlEntry } from "./security-schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** Where an entry is. */
export interface EntryPlace {
  readonly namespaceId: string;
  /** As the service spells it: another spelling can make a list that nobody reads (facts 4.3). */
  readonly token: string;
  /** Identity descriptor. */
  readonly descriptor: string;
}

/** Changes of single bits of single entries; whole lists are never written. */
export interface SecurityWriteApi {
  /** Allows and denies bits besides what the entry has; a bit that conflicts moves to the side asked for (facts 4.6). */
  mergeEntry(place: EntryPlace, bits: { readonly allow: number; readonly deny: number }, call: Call): Promise<Written>;
  /** Takes bits from both sides of an entry, so that they are not set. */
  clearBits(place: EntryPlace, bits: number, call: Call): Promise<Written>;
}

const base = { area: "security", version: "7.1", scope: "Security (Manage)" } as const;

export function createSecurityWriteApi(connection: Connection): SecurityWriteApi {
  return {
    mergeEntry({ namespaceId, token, descriptor }, { allow, deny }, call) {
      const entry = { descriptor, allow: signed(allow), deny: signed(deny), extendedInfo: {} };
      const operation = {
        ...base,
        method: "POST",
        path: `accesscontrolentries/${encodeURIComponent(namespaceId)}`,
        template: "accesscontrolentries/{namespace}",
        body: { token, merge: true, accessControlEntries: [entry] },
        schema: z.object({ value: z.array(accessControlEntry) }),
      } as const;
      return sendWrite(connection, operation, call);
    },
    clearBits({ namespaceId, token, descriptor }, bits, call) {
      const operation = {
        ...base,
        method: "DELETE",
        path: `permissions/${encodeURIComponent(namespaceId)}/${signed(bits)}`,
        template: "permissions/{namespace}/{bits}",
        query: { token, descriptor },
        schema: accessControlEntry,
      } as const;
      return sendWrite(connection, operation, call);
    },
  };
}
