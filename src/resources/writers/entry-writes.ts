import type { AccessControlEntry } from "../../azure-devops/security-schemas.ts";
import type { EntryPlace } from "../../azure-devops/security-writes.ts";
import type { Call } from "../../call.ts";
import type { WriteReceipt } from "../../connector/changes.ts";
import { commonBits, withoutBits } from "../../permissions/bits.ts";
import type { Readings } from "../readings/index.ts";

/** Somebody's entries in one list. */
export interface OwnEntries {
  readonly namespaceId: string;
  readonly token: string;
  readonly entries: readonly AccessControlEntry[];
}

/** Writes some bits of entries, and no others. */
export function createEntryWrites({ client }: Pick<Readings, "client">, bits: number) {
  const { clearBits, mergeEntry } = client.securityWrites;
  const within = (mask: number) => commonBits(bits, mask);

  return {
    /** Takes what is allowed, and leaves what is denied. */
    async take({ entries, ...place }: OwnEntries, call: Call): Promise<WriteReceipt> {
      let receipt: WriteReceipt = {};
      for (const { descriptor, allow, deny } of entries) {
        const given = within(allow);
        const contradicted = commonBits(given, deny);
        // Clearing takes a deny of the same bit too, which is not what a revoke is for.
        if (contradicted > 0)
          receipt = await mergeEntry({ ...place, descriptor }, { allow: 0, deny: contradicted }, call);
        const rest = withoutBits(given, contradicted);
        if (rest > 0) receipt = await clearBits({ ...place, descriptor }, rest, call);
      }
      return receipt;
    },

    /** Makes the bits of entries that were written again what they were. A deny takes what was allowed, too. */
    async putBack(
      written: ReadonlyMap<string, EntryPlace>,
      before: readonly AccessControlEntry[],
      call: Call,
    ): Promise<void> {
      for (const [descriptor, entry] of written) {
        const was = before.find((each) => each.descriptor === descriptor);
        const denied = within(was?.deny ?? 0);
        if (denied > 0) await mergeEntry(entry, { allow: 0, deny: denied }, call);
        const added = withoutBits(withoutBits(bits, was?.allow ?? 0), denied);
        if (added > 0) await clearBits(entry, added, call);
      }
    },
  };
}
