import { hasBit } from "./bits.ts";
import type { GovernedNamespace, Tier } from "./namespace.ts";
import { actionSlug, bitSlug } from "./slugs.ts";

/** A security namespace's definition, as it is loaded. */
export interface NamespaceDefinition {
  readonly id: string;
  readonly systemBits: number;
  readonly actions: readonly { readonly bit: number; readonly name: string; readonly displayName: string }[];
}

/** One bit of a namespace and what holding it means. */
export interface Action {
  readonly bit: number;
  /** As upstream names it in every language; "" for a bit without a name. */
  readonly name: string;
  /** `<namespace slug>.<action slug>`. */
  readonly slug: string;
  /** What the organization calls it, in its language. */
  readonly displayName: string;
  readonly tier: Tier;
  /** Set by the service itself; nobody can change it (facts 4.1). */
  readonly system: boolean;
}

/** The actions of a namespace by bit; one that no definition names is made up on demand, so that no bit is lost. */
export interface Actions {
  readonly namespace: GovernedNamespace;
  readonly known: readonly Action[];
  of(bit: number): Action;
}

export function createActions(namespace: GovernedNamespace, definition: NamespaceDefinition | undefined): Actions {
  const byBit = new Map<number, Action>();
  const slugs = new Set<string>();
  for (const { bit, name, displayName } of definition?.actions ?? []) {
    if (byBit.has(bit)) continue;
    const own = actionSlug(name) ?? bitSlug(bit);
    const slug = slugs.has(own) ? bitSlug(bit) : own;
    slugs.add(slug);
    byBit.set(bit, action(bit, name, slug, displayName || name, tierOf(namespace, name)));
  }
  const known = [...byBit.values()];

  function action(bit: number, name: string, slug: string, displayName: string, tier: Tier): Action {
    const system = hasBit(definition?.systemBits ?? 0, bit);
    return { bit, name, slug: `${namespace.slug}.${slug}`, displayName, tier, system };
  }

  return {
    namespace,
    known,
    of(bit) {
      const found = byBit.get(bit) ?? action(bit, "", bitSlug(bit), `Bit ${bit}, which Azure DevOps does not name`, 2);
      byBit.set(bit, found);
      return found;
    },
  };
}

/** Known actions by the table; one that an extension or a newer version added by what its name says. */
function tierOf({ tiers }: GovernedNamespace, name: string): Tier {
  if (tiers[0].includes(name)) return 0;
  if (tiers[1].includes(name)) return 1;
  if (tiers[2].includes(name)) return 2;
  if (/administer|manage_?permissions|impersonate/i.test(name)) return 0;
  if (/bypass|destroy|secret/i.test(name)) return 1;
  return /^(generic_?)?(read|view|enumerate|execute|query)|_read$/i.test(name) ? 3 : 2;
}
