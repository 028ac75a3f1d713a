import { subjectOfIdentity } from "../../azure-devops/descriptors.ts";
import type { Call } from "../../call.ts";
import { collectAccessTable, createInterner } from "../../permissions/access-table.ts";
import type { Action } from "../../permissions/actions.ts";
import { decide } from "../../permissions/effective.ts";
import type { GovernedNamespace } from "../../permissions/namespace.ts";
import { ancestorsOf, canonicalToken } from "../../permissions/tokens.ts";
import { mapFew } from "../readings/few.ts";
import type { Readings } from "../readings/index.ts";
import { containersOf } from "./containers.ts";
import { entriesOf, readList } from "./entry-list.ts";
import type { Principal } from "./principals.ts";

export interface WantedBits {
  readonly namespace: Pick<GovernedNamespace, "id" | "separator">;
  readonly token: string;
  readonly actions: readonly Action[];
}

export interface OtherPaths {
  /** By which entries they hold some of the bits, in words: of groups that they are in, or on what is above. */
  readonly paths: readonly string[];
  /** Whether they hold all of the bits by them. */
  readonly areAll: boolean;
}

/** The same for an answer: a part of what is held only as a whole is another thing. */
export function remainingOf(
  { paths, areAll }: OtherPaths,
  { whole, label }: { readonly whole: boolean; readonly label: string },
): readonly string[] {
  return whole && !areAll ? paths.map((path) => `a part of it, which is not ${label}, ${path}`) : paths;
}

/** How somebody holds bits without what was taken. Asked of the lists that decide alone, one request each. */
export async function otherPaths(
  readings: Readings,
  principal: Principal,
  { namespace, token, actions }: WantedBits,
  call: Call,
): Promise<OtherPaths> {
  const { graph } = readings.client;
  const own = canonicalToken(token, namespace.separator);
  const tokens = [own, ...ancestorsOf(own, namespace.separator)];
  const [chain, lists] = await Promise.all([
    containersOf(readings, principal.descriptor, call),
    mapFew(tokens, (each) => readList(readings, namespace.id, each, call)),
  ]);
  const descriptors = createInterner();
  const gathered = collectAccessTable(namespace.separator, descriptors);
  const personal = new Set<string>();
  for (const list of lists) {
    if (!list) continue;
    gathered.add(list);
    for (const { descriptor } of await entriesOf(readings, list.entries, principal, call)) personal.add(descriptor);
  }
  const table = gathered.result();
  const concerns = (who: number) => {
    const descriptor = descriptors.text(who);
    return personal.has(descriptor) || chain.has(subjectOfIdentity(descriptor) ?? "");
  };
  const paths = new Map<string, { readonly by: string; readonly where: string; readonly what: Set<string> }>();
  let areAll = true;
  for (const { bit, displayName } of actions) {
    const question = { chain: table.chain(own), bit, concerns, isAdministrator: false, denyBindsAdministrators: true };
    const { held, list, entries } = decide(question);
    areAll &&= held;
    for (const { who } of held ? entries : []) {
      const descriptor = descriptors.text(who);
      const by = personal.has(descriptor) ? "" : (subjectOfIdentity(descriptor) ?? descriptor);
      const where = list?.canonical === own ? "there" : `on ${list?.token}`;
      const key = `${by} ${where}`;
      const path = paths.get(key) ?? { by, where, what: new Set() };
      path.what.add(displayName);
      paths.set(key, path);
    }
  }
  const told = await Promise.all(
    [...paths.values()].map(async ({ by, where, what }) => {
      const group = by === "" ? undefined : await graph.getGroup(by, call);
      const name = group?.principalName || group?.displayName || by;
      return `${name === "" ? "by an entry of their own" : `by ${name}`} ${where} (${[...what].join(", ")})`;
    }),
  );
  return { paths: told, areAll };
}
