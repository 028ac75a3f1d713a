import { ancestorsOf, canonicalToken } from "./tokens.ts";

/** One entry of an access control list; `who` is the number of its identity descriptor. */
export interface Entry {
  readonly who: number;
  readonly allow: number;
  readonly deny: number;
}

/** The entries on one token. */
export interface AccessList {
  /** As upstream wrote it first; its spelling is what writes send. */
  readonly token: string;
  readonly canonical: string;
  /** False where inheritance is switched off: the lists of its ancestors do not count. */
  readonly inherits: boolean;
  readonly entries: readonly Entry[];
}

/** All lists of a namespace, by token. */
export interface AccessTable {
  readonly separator: string;
  readonly size: number;
  get(canonical: string): AccessList | undefined;
  lists(): Iterable<AccessList>;
  /** The lists that decide on a token, nearest first: its own and those that it inherits from. */
  chain(canonical: string): readonly AccessList[];
}

/** Numbers texts that come often, so that each is held once. */
export interface Interner {
  numberOf(text: string): number;
  text(number: number): string;
  readonly size: number;
}

export function createInterner(): Interner {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    numberOf(text) {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    text(number) {
      const text = texts[number];
      if (text === undefined) throw new RangeError(`no text with the number ${number}`);
      return text;
    },
    get size() {
      return texts.length;
    },
  };
}

/** A list as it arrives. */
export interface ArrivingList {
  readonly token: string;
  readonly inheritPermissions: boolean;
  readonly entries: Iterable<{ readonly descriptor: string; readonly allow: number; readonly deny: number }>;
}

/**
 * Gathers a namespace while it arrives. Entries lie in columns, 20 bytes each: an organization has hundreds of
 * thousands. Two spellings of one token are one list.
 */
export function collectAccessTable(separator: string, descriptors: Interner) {
  const columns = createColumns();
  const places = new Map<string, { token: string; inherits: boolean; readonly parts: number[] }>();

  function entriesOf(parts: readonly number[]): Entry[] {
    const entries: Entry[] = [];
    for (let part = 0; part < parts.length; part += 2) {
      for (let at = parts[part] ?? 0; at < (parts[part + 1] ?? 0); at += 1) entries.push(columns.entry(at));
    }
    return entries;
  }

  return {
    add({ token, inheritPermissions, entries }: ArrivingList): void {
      const start = columns.length;
      for (const { descriptor, allow, deny } of entries) {
        // Asked for by name, entries that do not exist come as zeros; they say nothing (facts 4.4).
        if (allow !== 0 || deny !== 0) columns.add(descriptors.numberOf(descriptor), allow, deny);
      }
      const canonical = canonicalToken(token, separator);
      const place = places.get(canonical);
      if (!place) places.set(canonical, { token, inherits: inheritPermissions, parts: [start, columns.length] });
      else {
        place.parts.push(start, columns.length);
        place.inherits &&= inheritPermissions;
      }
    },
    result(): AccessTable {
      const get = (canonical: string): AccessList | undefined => {
        const place = places.get(canonical);
        if (!place) return undefined;
        const { token, inherits, parts } = place;
        return { token, canonical, inherits, entries: entriesOf(parts) };
      };
      return {
        separator,
        size: columns.length,
        get,
        *lists() {
          for (const canonical of places.keys()) {
            const list = get(canonical);
            if (list) yield list;
          }
        },
        chain(canonical) {
          const chain: AccessList[] = [];
          const own = get(canonical);
          if (own) chain.push(own);
          if (own && !own.inherits) return chain;
          for (const ancestor of ancestorsOf(canonical, separator)) {
            const list = get(ancestor);
            if (!list) continue;
            chain.push(list);
            if (!list.inherits) break;
          }
          return chain;
        },
      };
    },
  };
}

function createColumns() {
  let who = new Int32Array(1024);
  let allow = new Float64Array(1024);
  let deny = new Float64Array(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(newWho: number, newAllow: number, newDeny: number): void {
      if (length === who.length) {
        who = grown(who, new Int32Array(length * 2));
        allow = grown(allow, new Float64Array(length * 2));
        deny = grown(deny, new Float64Array(length * 2));
      }
      who[length] = newWho;
      allow[length] = newAllow;
      deny[length] = newDeny;
      length += 1;
    },
    entry: (at: number): Entry => ({ who: who[at] ?? 0, allow: allow[at] ?? 0, deny: deny[at] ?? 0 }),
  };
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
