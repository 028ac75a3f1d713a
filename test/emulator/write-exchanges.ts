import type { Emulator } from "../../src/emulator/index.ts";
import { descriptorOf, namespaceIds } from "../../src/emulator/index.ts";
import type { Exchange } from "./exchanges.ts";
import { isPerson, someSubject } from "./write.ts";

/** A write, with what it must answer. */
export interface WriteExchange extends Exchange {
  readonly status: number;
  /** Recorded example whose fields the answer must have, below `httpExamples` of the area. */
  readonly example?: string;
}

const preview = "7.1-preview.1";

function membershipExchanges(emulator: Emulator): readonly WriteExchange[] {
  const group = someSubject(emulator, (each) => each.group?.kind === "made" && each.active);
  const person = someSubject(emulator, (each) => isPerson(emulator)(each) && !each.memberOf.includes(group.index));
  const params = { subjectDescriptor: descriptorOf(person), containerDescriptor: descriptorOf(group) };
  const path = "graph/memberships/{subjectDescriptor}/{containerDescriptor}";
  const pair = { area: "graph", path, params, version: preview } as const;
  return [
    { ...pair, method: "PUT", status: 201, example: "Memberships/CreateMembershipVSTSGroup.json" },
    { ...pair, method: "PUT", status: 201 },
    { ...pair, method: "DELETE", status: 200, example: "Memberships/DeleteMembershipUser.json" },
  ];
}

function accessExchanges(emulator: Emulator): readonly WriteExchange[] {
  const descriptor = someSubject(emulator, isPerson(emulator)).identity;
  const token = "repoV2/11111111-1111-4111-8111-111111111111";
  const params = { securityNamespaceId: namespaceIds.git, permissions: "4" };
  const security = { area: "security", params, version: "7.1", status: 200 } as const;
  const entries = { ...security, path: "accesscontrolentries/{securityNamespaceId}" };
  const lists = { ...security, path: "accesscontrollists/{securityNamespaceId}" };
  const permissions = { ...security, path: "permissions/{securityNamespaceId}/{permissions}" };
  const body = (merge: boolean, allow: number) => ({
    token,
    merge,
    accessControlEntries: [{ descriptor, allow, deny: 0, extendedinfo: {} }],
  });
  const acesDictionary = { [descriptor]: { descriptor, allow: 31, deny: 0 } };
  const inExamples = "accessControlEntries/POST__accesscontrolentries__securityNamespaceId__";
  return [
    { ...entries, method: "POST", body: body(false, 5), example: `${inExamples}.json` },
    { ...entries, method: "POST", body: body(true, 8), example: `${inExamples}merge.json` },
    {
      ...permissions,
      method: "DELETE",
      query: { descriptor, token },
      example: "permissions/DELETE__permissions__securityNamespaceId__4__token-_token1__descriptor-_descriptor_.json",
    },
    { ...entries, method: "DELETE", query: { descriptors: descriptor, token } },
    { ...lists, method: "POST", status: 204, body: { value: [{ inheritPermissions: false, token, acesDictionary }] } },
    { ...lists, method: "DELETE", query: { tokens: token, recurse: "False" } },
  ];
}

/** One request of each kind to every documented route that writes, in an order in which each of them succeeds. */
export function writeExchanges(emulator: Emulator): readonly WriteExchange[] {
  return [...membershipExchanges(emulator), ...accessExchanges(emulator)];
}
