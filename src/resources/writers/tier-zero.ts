import { identityOfGroup } from "../../azure-devops/descriptors.ts";
import type { AccessControlList } from "../../azure-devops/security-schemas.ts";
import type { Call } from "../../call.ts";
import type { ChangePolicy, GuardedKind } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";
import { type Actions, bitsOf, createActions } from "../../permissions/actions.ts";
import { governedNamespaces } from "../../permissions/namespaces.ts";
import { type Anchors, canonicalToken } from "../../permissions/tokens.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { builtInOf } from "./built-in.ts";
import type { Chain } from "./containers.ts";
import type { Principal } from "./principals.ts";

/** Whether it matters for this change that something is of Tier 0: to look is many requests. */
export function isTierZeroGuarded({ level, tierZeroTo }: ChangePolicy, { guarded }: Principal): boolean {
  return level !== "privileged" || (guarded !== undefined && !tierZeroTo.has(guarded));
}

/** Fails for Tier 0 where it is not switched on, for changes at all or for this kind of principal. */
export function guardTierZero({ level, tierZeroTo }: ChangePolicy, { guarded, name }: Principal, why: string): void {
  if (level !== "privileged") {
    const told = `${why}, which lets its holder take every other right (Tier 0): it needs --provisioning privileged`;
    throw new ConnectorError("refused", `${told}, and a caller with that right`);
  }
  if (guarded === undefined || tierZeroTo.has(guarded)) return;
  throw new ConnectorError(
    "refused",
    `${why}, which lets its holder take every other right (Tier 0), and ${name} is ${kinds[guarded]}: give it to people, or allow it with --tier-zero-to ${guarded}`,
  );
}

const kinds: Readonly<Record<GuardedKind, string>> = {
  groups: "a group",
  "entra-groups": "a group of Microsoft Entra, where others decide who is in it",
  guests: "a guest",
  "build-identities": "an identity of pipelines",
  "valid-users": "everybody",
};

/** By what membership of a group gives Tier 0: by a group of administrators above it, or by entries of any of them. */
export async function tierZeroOfGroup(readings: Readings, chain: Chain, call: Call): Promise<string | undefined> {
  const groups = [...chain.keys()].filter((each) => builtInOf(each) !== "everybody");
  const administrators = groups.find((each) => ["administrators", "service-accounts"].includes(builtInOf(each) ?? ""));
  if (administrators !== undefined) return `membership leads to ${await nameOf(readings, administrators, call)}`;
  const entry = await firstEntry(readings, groups, call);
  return entry && `membership gives ${entry}`;
}

async function nameOf({ client }: Readings, descriptor: string, call: Call): Promise<string> {
  const group = await client.graph.getGroup(descriptor, call);
  return group?.principalName || group?.displayName || descriptor;
}

/** The first permission of Tier 0 that an entry gives to one of some groups, wherever it is. */
async function firstEntry({ client }: Readings, groups: readonly string[], call: Call): Promise<string | undefined> {
  if (groups.length === 0) return undefined;
  const definitions = new Map((await client.security.listNamespaces(call)).map((each) => [each.id, each]));
  const dangerous = governedNamespaces
    .filter(({ id }) => definitions.has(id))
    .map((namespace) => createActions(namespace, definitions.get(namespace.id)))
    .filter(({ known }) => known.some(({ tier }) => tier === 0));
  const descriptors = groups.map(identityOfGroup);
  const wanted = new Set(descriptors.map((each) => each.toLowerCase()));
  const found = await mapFew(dangerous, (actions) => {
    const collector = () => firstOf(actions, wanted);
    return client.security.readAccessControlLists(actions.namespace.id, { descriptors }, collector, call);
  });
  return found.find((each) => each !== undefined);
}

/** Azure DevOps reads no list whose token has another shape than its namespace's (facts 4.3). */
function isRead({ namespace }: Actions, token: string): boolean {
  return namespace.readToken(canonicalToken(token, namespace.separator), anySubject) !== undefined;
}

/** Whatever a token names is taken to be there. */
const anySubject: Anchors = { collectionId: "", projectNamed: () => "", projectOfNode: () => "" };

/** Keeps the first entry that gives Tier 0 and forgets the rest of the lists. */
function firstOf(actions: Actions, wanted: ReadonlySet<string>) {
  let first: string | undefined;
  return {
    add({ token, entries }: AccessControlList) {
      if (first !== undefined || !isRead(actions, token)) return;
      for (const { descriptor, allow } of entries) {
        if (!wanted.has(descriptor.toLowerCase())) continue;
        const action = [...bitsOf(allow)].map(actions.of).find(({ tier }) => tier === 0);
        if (action) first = `${action.displayName} (${action.slug}) on ${token || actions.namespace.title}`;
      }
    },
    result: () => first,
  };
}
