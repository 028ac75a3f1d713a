import { canonicalDescriptor, isEntraGroup, subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { feedRolesThatEnd } from "../feeds/aftermath.ts";
import type { Readings } from "../readings/index.ts";
import { tokensThatEnd } from "../tokens/aftermath.ts";
import { builtInOf } from "../writers/built-in.ts";
import { type Chain, pathTo } from "../writers/containers.ts";
import { entriesByNamespace } from "../writers/entries-by-namespace.ts";
import type { Principal } from "../writers/principals.ts";

/** What the removal of an account ends, what it leaves behind, and by what the access would come back, for people. */
export async function aftermathOf(
  readings: Readings,
  principal: Principal,
  chain: Chain,
  direct: readonly string[],
  call: Call,
): Promise<readonly string[]> {
  const entra = await entraGroups(readings, principal.descriptor, direct, call);
  const [names, entries, feeds, rules, tokens] = await Promise.all([
    namesOf(readings, [...chain.keys(), ...entra], call),
    entriesByNamespace(readings, principal.descriptor, call),
    feedRolesThatEnd(readings, principal.descriptor, call),
    readings.client.memberEntitlements.listGroupRules(call),
    tokensThatEnd(readings, principal.descriptor, call),
  ]);
  const name = (descriptor: string) => names.get(descriptor) ?? descriptor;
  const own = direct.filter((each) => !isEntraGroup(each) && builtInOf(each) !== "everybody");
  const administered = [...chain.keys()].filter((each) => builtInOf(each) === "administrators");
  const ruled = rules
    .map(({ group }) => canonicalDescriptor(group.descriptor))
    .filter((each) => chain.has(each) || entra.includes(each));
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
    ...feeds,
    ...listed("comes back at the next sign-in, through groups of Microsoft Entra", entra.map(name)),
    ...listed("has a rule that gives an access level to whoever is in it", ruled.map(name)),
    "groups of Microsoft Entra that have access can hold them without being told here; then they come back as well",
    ...tokens,
  ];
}

/** Graph tells nobody to be in a group of Entra; the identity service does, of those that it knows (facts 3.2). */
async function entraGroups(
  { client, access }: Readings,
  descriptor: string,
  direct: readonly string[],
  call: Call,
): Promise<readonly string[]> {
  const told = direct.filter(isEntraGroup);
  if (await access.absence("identities", call)) return told;
  const known = (await client.identities.listContainers(descriptor, call)).map((each) => subjectOfIdentity(each) ?? "");
  return [...new Set([...told, ...known.filter(isEntraGroup)])];
}

function listed(what: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${what}: ${items.join("; ")}`];
}

async function namesOf({ client }: Readings, descriptors: readonly string[], call: Call) {
  const found = await client.graph.lookup(descriptors, call);
  return new Map([...found].map(([key, { principalName, displayName }]) => [key, principalName || displayName]));
}
