import type { Answer } from "../answer.ts";
import { isRecord } from "../records.ts";
import type { Exchange, Fault, FaultKind } from "./fault.ts";
import { defineFault } from "./fault.ts";
import { mapRows, pagingOf, rowsOf, topOf, withRows } from "./listings.ts";

/** Faults in the rows of an answer that came out right. */

const identityRoutes: ReadonlySet<string> = new Set(["_apis/identitybatch", "_apis/identities"]);
const lookupRoute = "_apis/graph/subjectlookup";

/** One more null, in the middle. */
function withNull(rows: readonly unknown[]): readonly unknown[] {
  return rows.toSpliced(rows.length >> 1, 0, null);
}

/** Identities are answered in the order asked, so the null goes into the lists of their members. */
function nullMembers(answer: Answer): Answer | undefined {
  return mapRows(answer, (row) => {
    if (!isRecord(row)) return row;
    const lists = ["members", "memberIds"].flatMap((name) => {
      const list: unknown = row[name];
      return Array.isArray(list) ? [[name, withNull(list)] as const] : [];
    });
    return { ...row, ...Object.fromEntries(lists) };
  });
}

/** Changes the first row that can be changed. */
function changeOne(answer: Answer, change: (row: unknown) => unknown): Answer | undefined {
  const position = rowsOf(answer)?.findIndex((row) => change(row) !== undefined) ?? -1;
  return position < 0 ? undefined : mapRows(answer, (row, at) => (at === position ? change(row) : row));
}

/** The same in the map of a lookup, whose rows stand under their descriptors. */
function changeLookup(answer: Answer, change: (row: unknown) => unknown): Answer | undefined {
  const { body } = answer.reply;
  if (!isRecord(body) || !isRecord(body.value)) return undefined;
  const [key] = Object.entries(body.value).find(([, row]) => change(row) !== undefined) ?? [];
  if (key === undefined) return undefined;
  const value = { ...body.value, [key]: change(body.value[key]) };
  return { ...answer, reply: { ...answer.reply, body: { ...body, value } } };
}

/** Fields of rows that name an identity, the one that a row is about before the one that made it. */
const identityFields = ["identity", "user", "group", "createdBy"];

/** The identity of a row becomes null; undefined when it has none. */
function withoutIdentity(row: unknown): unknown {
  if (!isRecord(row)) return undefined;
  const field = identityFields.find((name) => isRecord(row[name]));
  return field === undefined ? undefined : { ...row, [field]: null };
}

const unknownKind = "automaton";
const unknownPrefix = "atm";

/** A subject of a kind that no document names; undefined when the row is no subject. */
function ofUnknownKind(row: unknown): unknown {
  if (!isRecord(row)) return undefined;
  if (isRecord(row.user)) return { ...row, user: ofUnknownKind(row.user) };
  if (isRecord(row.group)) return { ...row, group: ofUnknownKind(row.group) };
  const { descriptor, subjectKind } = row;
  if (typeof descriptor !== "string" || typeof subjectKind !== "string") return undefined;
  return { ...row, subjectKind: unknownKind, descriptor: descriptor.replace(/^[^.]+/, unknownPrefix) };
}

/** A row more on a full page by `$skip` would move the next page, and a true row would be lost. */
function hasRoom(answer: Answer, { incoming, seen, service }: Exchange): boolean {
  if (pagingOf(seen.route, service.beliefs) !== "skip") return true;
  return (rowsOf(answer)?.length ?? 0) < topOf(incoming, seen.route, service.settings.pageSizes);
}

const nullIdentity: Fault = {
  change: (answer, { seen }) => {
    if (seen.route === lookupRoute) return changeLookup(answer, (row) => (row === null ? undefined : null));
    const positional = identityRoutes.has(seen.route);
    return changeOne(answer, positional ? (row) => (row === null ? undefined : null) : withoutIdentity);
  },
};

/** Kinds that change rows. */
export const rowKinds: readonly FaultKind[] = [
  defineFault({
    kind: "null-member",
    summary: "a null among the rows of a listing, or among the members of each identity, besides the true ones",
    lossless: true,
    parameters: {},
    create: () => ({
      change: (answer, exchange) => {
        if (identityRoutes.has(exchange.seen.route)) return nullMembers(answer);
        return hasRoom(answer, exchange) ? withRows(answer, withNull) : undefined;
      },
    }),
  }),
  defineFault({
    kind: "null-identity",
    summary: "null in place of one identity, as for an unknown one",
    parameters: {},
    create: () => nullIdentity,
  }),
  defineFault({
    kind: "unknown-subject-kind",
    summary: `one subject of a listing is of the kind "${unknownKind}", its descriptor of the type "${unknownPrefix}"`,
    parameters: {},
    create: () => ({
      change: (answer, { seen }) =>
        seen.route === lookupRoute ? changeLookup(answer, ofUnknownKind) : changeOne(answer, ofUnknownKind),
    }),
  }),
];
