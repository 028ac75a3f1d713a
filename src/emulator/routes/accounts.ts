import { badArgument } from "../problems.ts";
import type { Reply } from "../reply.ts";
import { okList } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import { subjectAt } from "../state.ts";
import { tokenLocations as locations } from "../token-locations.ts";
import { canonicalGuid } from "../wire/guids.ts";

/** The organization, as one of somebody's; the examples leave the owner out, which the document has. */
function wireAccount(call: Call): object {
  const { collectionId, organization, owner } = call.state;
  const { storageKey } = subjectAt(call.state, owner);
  return {
    accountId: collectionId,
    accountUri: `${call.baseUrl("vssps")}/`,
    accountName: organization,
    ...(call.beliefs.accountOwner === "given" ? { accountOwner: storageKey } : {}),
    properties: {},
  };
}

function idOf(call: Call, name: string): string | undefined {
  const asked = call.query.get(name.toLowerCase());
  if (!asked) return undefined;
  const id = canonicalGuid(asked);
  if (id === undefined) throw badArgument(`"${asked}" is not a GUID.`);
  return id;
}

/** Organizations that somebody owns, or is a member of; one of the two must be asked (SPEC account). */
function accounts(call: Call): Reply {
  const owner = idOf(call, "ownerId");
  const member = idOf(call, "memberId");
  if (owner === undefined && member === undefined) throw badArgument("One of ownerId and memberId is required.");
  const asked = call.lookup.byStorageKey(owner ?? member ?? "");
  const isTheirs = asked && (owner === undefined ? asked.active && !asked.group : asked.index === call.state.owner);
  return okList(isTheirs ? [wireAccount(call)] : []);
}

/** Organizations of people, on a host of its own that no organization is in the path of (facts 1.1). */
export const accountRoutes: readonly Route[] = [
  { method: "GET", path: "_apis/accounts", location: locations.accounts, scopes: ["vso.profile"], handle: accounts },
];
