import { z } from "zod";
import type { Answer, Incoming } from "../answer.ts";
import type { Exchange, FaultKind } from "./fault.ts";
import { defineFault } from "./fault.ts";
import {
  hasNumberTokens,
  pagingOf,
  rowsOf,
  sentSkip,
  sentToken,
  topOf,
  withNextToken,
  withParameter,
  withRows,
  withSentToken,
} from "./listings.ts";

/** Faults in how a listing goes from page to page. */

const again = "~again";

/** A token that leads to the same rows as another one without being equal to it; a number stays one. */
function aliasOf(answer: Answer, token: string | undefined): string {
  return hasNumberTokens(answer.route) ? `0${token ?? ""}` : `${token ?? ""}${again}`;
}

const isAlias = (token: string | undefined) => token !== undefined && (token.endsWith(again) || /^0\d*$/.test(token));

/** The request with the token that an alias stands for. */
export function withoutAlias(incoming: Incoming): Incoming {
  const token = sentToken(incoming);
  if (token === undefined || !isAlias(token)) return incoming;
  const plain = token.endsWith(again) ? token.slice(0, -again.length) : token.slice(1);
  return withSentToken(incoming, plain === "" ? undefined : plain);
}

/** Of a listing by `$skip`, the request for the page before. */
function before({ incoming, seen, service }: Exchange): Incoming | undefined {
  const skip = sentSkip(incoming);
  if (skip === 0) return undefined;
  const top = topOf(incoming, seen.route, service.settings.pageSizes);
  return withParameter(incoming, "$skip", String(Math.max(0, skip - top)));
}

/** A request by `$skip` is answered by `$skip`, whatever the listing can do besides. */
const pagesOf = ({ incoming, seen, service }: Exchange) =>
  sentSkip(incoming) > 0 ? "skip" : pagingOf(seen.route, service.beliefs);

/** Kinds about pages and their tokens. */
export const pageKinds: readonly FaultKind[] = [
  defineFault({
    kind: "repeated-page",
    summary: "the page before once more, with its token; `times` bounds how often",
    parameters: {},
    variants: [{ times: 1 }],
    create: () => ({
      answer: (exchange, next) => {
        const paging = pagesOf(exchange);
        const byToken = () => exchange.previous(withoutAlias(exchange.incoming));
        const previous = paging === "token" ? byToken() : paging === "skip" ? before(exchange) : undefined;
        return previous && next(previous);
      },
    }),
  }),
  defineFault({
    kind: "stuck-token",
    summary: "the token that is handed out equals the one that was sent; `times` bounds how often",
    parameters: {},
    variants: [{ times: 1 }],
    create: () => ({
      change: (answer, exchange) => {
        const token = sentToken(exchange.incoming);
        const paged = pagesOf(exchange) === "token" && rowsOf(answer) !== undefined;
        return paged && token !== undefined ? withNextToken(answer, token) : undefined;
      },
    }),
  }),
  defineFault({
    kind: "short-page",
    summary: "fewer rows than the page has, and a token that leads to the rest",
    lossless: true,
    parameters: {
      rows: z.number().int().min(1).optional().describe("how many; half of the page when left out"),
    },
    create: ({ rows }) => ({
      change: (answer, exchange, next) => {
        const full = rowsOf(answer)?.length ?? 0;
        const fewer = rows ?? Math.ceil(full / 2);
        return pagesOf(exchange) === "token" && fewer < full ? next({ ...exchange.incoming, rows: fewer }) : undefined;
      },
    }),
  }),
  defineFault({
    kind: "empty-page",
    summary: "no rows, and a token that leads to them; each page at most once",
    lossless: true,
    parameters: {},
    create: () => ({
      change: (answer, exchange) => {
        const token = sentToken(exchange.incoming);
        if (pagesOf(exchange) !== "token" || isAlias(token)) return undefined;
        const empty = withRows(answer, () => []);
        return empty && withNextToken(empty, aliasOf(answer, token));
      },
    }),
  }),
];
