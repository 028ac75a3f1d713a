import { canonicalDescriptor, isEntraGroup } from "../../azure-devops/descriptors.ts";
import { allRows } from "../../azure-devops/list-answers.ts";
import { identityNamespaceId } from "../../azure-devops/security.ts";
import type { AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { governedNamespaces } from "../../permissions/namespaces.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { builtInOf } from "../writers/built-in.ts";
import { type Chain, pathTo } from "../writers/containers.ts";
import { identityOf } from "../writers/entry-list.ts";
import type { Principal } from "../writers/principals.ts";

/** What the removal of an account ends, what it leaves behind, and by what the access would come back, for people. */
export async function aftermathOf(
  readings: Readings,
  principal: Principal,
  chain: Chain,
  direct: readonly string[],
  call: Call,
): Promise<readonly string[]> {
  const [names, entries, rules] = await Promise.all([
    namesOf(readings, [...chain.keys()], call),
    entriesLeft(readings, principal, call),
    readings.client.memberEntitlements.listGroupRules(call),
  ]);
  const name = (descriptor: string) => names.get(descriptor) ?? descriptor;
  const own = direct.filter((each) => !isEntraGroup(each) && builtInOf(each) !== "everybody");
  const entra = direct.filter(isEntraGroup);
  const administered = [...chain.keys()].filter((each) => builtInOf(each) === "administrators");
  const ruled = rules.map(({ group }) => canonicalDescriptor(group.descriptor)).filter((each) => chain.has(each));
  return [
    ...listed("memberships that end", own.map(name)),
    ...listed(
      "administrator no more",
      administered.map((each) => {
        const by = pathTo(chain, each).slice(0, -1).map(name);
        return by.length > 0 ? `${name(each)} by ${by.join(", ")}` : name(each);
      }),
    ),
    ...entries,
    ...listed("comes back at the next sign-in, through groups of Microsoft Entra", entra.map(name)),
    ...listed("has a rule that gives an access level to whoever is in it", ruled.map(name)),
    "personal access tokens and SSH keys of theirs are refused from then on; they are not counted here",
  ];
}

function listed(what: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${what}: ${items.join("; ")}`];
}

async function namesOf({ client }: Readings, descriptors: readonly string[], call: Call) {
  const found = await client.graph.lookup(descriptors, call);
  return new Map([...found].map(([key, { principalName, displayName }]) => [key, principalName || displayName]));
}

/** Entries of access control lists stay and name nobody any more (facts 12.2); those of a team's administration too. */
async function entriesLeft(readings: Readings, principal: Principal, call: Call): Promise<string[]> {
  const { client, access } = readings;
  const absence = (await access.absence("security", call)) ?? (await access.absence("identities", call));
  if (absence) return ["permissions given to them directly stay as entries of nobody; they cannot be read here"];
  const descriptor = await identityOf(readings, principal, call);
  const namespaces = [...governedNamespaces, { id: identityNamespaceId, title: "Team administration" }];
  const known = new Set((await client.security.listNamespaces(call)).map(({ id }) => id));
  const counted = await mapFew(
    namespaces.filter(({ id }) => known.has(id)),
    async ({ id, title }) => {
      const options = { descriptors: [descriptor] };
      const lists = await client.security.readAccessControlLists(id, options, allRows<AccessControlList>, call);
      const own = lists.filter(({ entries }) => entries.some((each) => holds(each, descriptor)));
      return own.length === 0 ? [] : [`${title} ${own.length}`];
    },
  );
  const found = counted.flat();
  return found.length === 0
    ? []
    : [`permissions given to them directly, which stay as entries of nobody: ${found.join(", ")}`];
}

type Entry = AccessControlList["entries"][number];

function holds({ descriptor, allow, deny }: Entry, wanted: string): boolean {
  return descriptor.toLowerCase() === wanted.toLowerCase() && (allow > 0 || deny > 0);
}
