import type { AccessControlEntry } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import type { WriteReceipt } from "../../connector/changes.ts";
import { createActions } from "../../permissions/actions.ts";
import { bitsOf, joinBits, withoutBits } from "../../permissions/bits.ts";
import { type RoleList, roleListOf } from "../../permissions/role-lists.ts";
import { type RoleMasks, type RoleScope, type RoleSlug, roleOfBits } from "../../permissions/roles.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { entriesOf, readList } from "./entry-list.ts";
import { createEntryWrites, type OwnEntries } from "./entry-writes.ts";
import type { Principal } from "./principals.ts";

/** What stands for somebody in the list behind roles, in the words of the listing. */
export interface RoleEntry {
  /** The role that is told of it. */
  readonly role: RoleSlug | undefined;
  /** Names of what is allowed besides, which is told as `custom`. */
  readonly unnamed: readonly string[];
  /** Names of what it explicitly denies. */
  readonly denied: readonly string[];
  /** By list: there is one by either spelling of its token. */
  readonly parts: readonly OwnEntries[];
}

/** The list behind the roles on one resource. */
export interface ListBehind {
  /** False where there is none by any spelling of its token that is known. */
  readonly isThere: boolean;
  readonly entries: readonly AccessControlEntry[];
  /** Undefined where nothing stands in it for the principal. */
  readonly own: RoleEntry | undefined;
}

/** Where roles are and what they are made of. */
export interface RolesHere {
  readonly scope: RoleScope;
  /** Of the object, or of the project or organization that has all of a kind. */
  readonly id: string;
  readonly masks: RoleMasks;
}

/**
 * Reads what is behind the roles on a resource. The interface of roles leaves out whatever is no role, denies most of
 * all (facts 5.1), and giving or taking one writes over it.
 */
export async function readListBehind(
  readings: Readings,
  { scope, id, masks }: RolesHere,
  principal: Principal,
  call: Call,
): Promise<ListBehind> {
  const { namespace, tokens } = roleListOf(scope, id);
  const read = await mapFew(tokens, (token) => readList(readings, namespace.id, token, call));
  const lists = read.filter((list) => list !== undefined);
  const isThere = lists.length > 0;
  const entries = lists.flatMap((list) => list.entries);
  const own = await entriesOf(readings, entries, principal, call);
  const allow = joinBits(own.map((entry) => entry.allow));
  const deny = joinBits(own.map((entry) => entry.deny));
  if (allow === 0 && deny === 0) return { isThere, entries, own: undefined };
  const { role, rest } = roleOfBits(withoutBits(allow, deny), masks);
  const nameOf = rest === 0 && deny === 0 ? () => "" : await actionNames(readings, namespace, call);
  const named = (bits: number) => [...bitsOf(bits)].map(nameOf);
  const parts = lists.map((list) => ({
    namespaceId: namespace.id,
    token: list.token,
    entries: list.entries.filter((entry) => own.includes(entry)),
  }));
  return { isThere, entries, own: { role, unnamed: named(rest), denied: named(deny), parts } };
}

/** What the organization calls the bits of a namespace. */
async function actionNames({ client }: Readings, namespace: RoleList["namespace"], call: Call) {
  const definitions = await client.security.listNamespaces(call);
  const actions = createActions(
    namespace,
    definitions.find(({ id }) => id === namespace.id),
  );
  return (bit: number) => actions.of(bit).displayName;
}

/** Bits in place of others in somebody's entries: whatever else they allow, and all that they deny, stays. */
export async function replaceBits(
  readings: Pick<Readings, "client">,
  { parts }: RoleEntry,
  { from, to }: { readonly from: number; readonly to: number },
  call: Call,
): Promise<WriteReceipt> {
  const writes = createEntryWrites(readings, withoutBits(from, to));
  let receipt: WriteReceipt = {};
  // Between the two, less is held than is meant, and not more.
  for (const part of parts) receipt = { ...receipt, ...(await writes.take(part, call)) };
  const set = parts.flatMap(({ entries }) => entries.flatMap(({ allow, deny }) => [allow, deny]));
  const missing = withoutBits(to, joinBits(set));
  const part = parts.find(({ entries }) => entries.length > 0);
  const descriptor = part?.entries[0]?.descriptor;
  if (part && descriptor !== undefined && missing > 0) {
    const { namespaceId, token } = part;
    const entry = { namespaceId, token, descriptor };
    receipt = await readings.client.securityWrites.mergeEntry(entry, { allow: missing, deny: 0 }, call);
  }
  return receipt;
}
