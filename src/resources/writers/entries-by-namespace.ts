import { identityOfGroup, kindOf } from "../../azure-devops/descriptors.ts";
import { allRows } from "../../azure-devops/list-answers.ts";
import { identityNamespaceId } from "../../azure-devops/security.ts";
import type { AccessControlEntry, AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import { governedNamespaces } from "../../permissions/namespaces.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";

const remaining = "permissions given to it directly, which stay as entries of nobody";

/** How many tokens of which namespaces have entries of somebody, in words: they stay when it goes (facts 12.1, 12.2). */
export async function entriesByNamespace(readings: Readings, descriptor: string, call: Call): Promise<string[]> {
  const { client, access } = readings;
  if (await access.absence("security", call)) return [`${remaining}: they cannot be read here`];
  const identity = await identityOf(readings, descriptor, call);
  if (identity === undefined) return [`${remaining}: the identity service does not tell which they are`];
  const namespaces = [...governedNamespaces, { id: identityNamespaceId, title: "Administration of teams and groups" }];
  const known = new Set((await client.security.listNamespaces(call)).map(({ id }) => id));
  const counted = await mapFew(
    namespaces.filter(({ id }) => known.has(id)),
    async ({ id, title }) => {
      const options = { descriptors: [identity] };
      const lists = await client.security.readAccessControlLists(id, options, allRows<AccessControlList>, call);
      const own = lists.filter(({ entries }) => entries.some((each) => gives(each, identity)));
      return own.length === 0 ? [] : [`${title} ${own.length}`];
    },
  );
  const found = counted.flat();
  return found.length === 0 ? [] : [`${remaining}: ${found.join(", ")}`];
}

/** How entries name somebody; undefined where that is not told. */
export async function identityOf(
  { client, access }: Readings,
  descriptor: string,
  call: Call,
): Promise<string | undefined> {
  if (kindOf(descriptor) === "group") return identityOfGroup(descriptor);
  if (await access.absence("identities", call)) return undefined;
  const [found] = await client.identities.readBatch({ subjectDescriptors: [descriptor] }, "none", call);
  return found?.descriptor;
}

/** With descriptors that have no entry of their own, lists can come with zeros (facts 15.5). */
function gives({ descriptor, allow, deny }: AccessControlEntry, identity: string): boolean {
  return descriptor.toLowerCase() === identity.toLowerCase() && (allow > 0 || deny > 0);
}
