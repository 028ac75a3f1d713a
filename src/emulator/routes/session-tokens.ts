import { descriptorOf } from "../lookup.ts";
import { wholeNumber } from "../paging.ts";
import { badArgument, Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import type { Reply } from "../reply.ts";
import { ok } from "../reply.ts";
import type { Call, Route } from "../router.ts";
import type { SessionToken } from "../session-tokens.ts";
import type { Subject } from "../state.ts";
import { subjectAt } from "../state.ts";
import { tokenLocations as locations } from "../token-locations.ts";
import { wireDate } from "../wire/dates.ts";
import { canonicalGuid } from "../wire/guids.ts";
import { descriptorForm } from "./graph.ts";
import { accessDenied, writing } from "./writing.ts";

/** Reading and revoking alike (facts 9.2). */
const scopes = ["vso.tokenadministration"];
const zeros = "00000000-0000-0000-0000-000000000000";

/** Administrators of the collection alone see what others hold (facts 8.1, 9.3). */
function checkAdministrator(call: Call): void {
  if (!call.lookup.isAdministrator(call.caller)) throw accessDenied(call);
}

const isKey = ({ publicKey }: SessionToken) => publicKey !== undefined;
const wantsKeys = (call: Call) => call.query.get("ispublic")?.toLowerCase() === "true";

function personOf(call: Call): Subject {
  const asked = call.param("subjectDescriptor");
  if (!descriptorForm.test(asked)) throw badArgument(`"${asked}" is no subject descriptor.`);
  const subject = call.lookup.byDescriptor(asked);
  if (subject && subject.known !== "nowhere" && !subject.group) return subject;
  throw new Refusal(404, "IdentityNotFoundException", `The identity with descriptor '${asked}' could not be found.`);
}

/** As the example has it: what is unset is null, and so is every secret. */
function wireToken(call: Call, token: SessionToken): object {
  const { accessId, authorizationId, displayName, isValid, owner, publicKey, scope, targetAccounts } = token;
  const { dates } = call.beliefs;
  return {
    clientId: zeros,
    accessId,
    authorizationId,
    hostAuthorizationId: zeros,
    userId: subjectAt(call.state, owner).storageKey,
    validFrom: wireDate(token.validFrom, dates, owner),
    validTo: wireDate(token.validTo, dates, owner + 1),
    displayName,
    scope,
    targetAccounts,
    token: null,
    alternateToken: null,
    isValid,
    isPublic: isKey(token),
    publicData: publicKey ?? null,
    source: null,
  };
}

/** How the last page says that it is the last (facts 8.1). */
function end(call: Call): { continuationToken?: string | null } {
  const { tokenEnd } = call.beliefs;
  if (tokenEnd === "absent") return {};
  return { continuationToken: tokenEnd === "null" ? null : zeros };
}

/** Tokens of one person, page by page; the continuation is the id of the first that is still to come. */
function tokens(call: Call): Reply {
  checkAdministrator(call);
  const person = personOf(call);
  const own = call.state.tokens.filter((token) => token.owner === person.index && isKey(token) === wantsKeys(call));
  const asked = wholeNumber(call, "pageSize", call.settings.pageSizes.tokens) || call.settings.pageSizes.tokens;
  const size = Math.min(asked, call.rows);
  const after = call.query.get("continuationtoken");
  const start = after && after !== zeros ? own.findIndex(({ accessId }) => accessId === canonicalGuid(after)) : 0;
  if (start < 0) throw badArgument(`The continuation token is none of ${descriptorOf(person)}.`);
  const next = own[start + size];
  const value = own.slice(start, start + size).map((token) => wireToken(call, token));
  return ok({ value, ...(next ? { continuationToken: next.accessId } : end(call)) });
}

/** What becomes of tokens that are revoked: they are listed no more, or as invalid. */
function revoke(call: Call, isMeant: (token: SessionToken) => boolean): void {
  const { tokens: all } = call.state;
  const isRemoved = call.beliefs.revokedTokens === "removed";
  const left = isRemoved
    ? all.filter((token) => !isMeant(token))
    : all.map((token) => (isMeant(token) && token.isValid ? { ...token, isValid: false } : token));
  if (left.length !== all.length || left.some((token, at) => token !== all[at])) call.changes.setTokens(left);
}

/** 204 whatever is there of it (facts 8.1); keys only when they are asked for as such. */
function revocations(call: Call): Reply {
  checkAdministrator(call);
  if (!Array.isArray(call.body) || call.body.length === 0)
    throw badArgument("The body must be a list of authorizations.");
  const ids = new Set(
    call.body.map((each: unknown) => {
      const id =
        isRecord(each) && typeof each.authorizationId === "string" ? canonicalGuid(each.authorizationId) : undefined;
      if (id === undefined) throw badArgument("Each revocation must have an authorizationId.");
      return id;
    }),
  );
  revoke(call, (token) => ids.has(token.authorizationId) && isKey(token) === wantsKeys(call));
  return { status: 204 };
}

/** Revokes everybody's tokens of some scopes: nothing should use it (facts 8.1). */
function revocationRules(call: Call): Reply {
  checkAdministrator(call);
  const { createdBefore, scopes: named } = isRecord(call.body) ? call.body : {};
  if (typeof named !== "string" || named === "") throw badArgument("A rule must have scopes.");
  const wanted = new Set(named.split(" "));
  const before = typeof createdBefore === "string" ? Date.parse(createdBefore) : Number.POSITIVE_INFINITY;
  revoke(call, ({ scope, validFrom }) => validFrom < before && scope.split(" ").some((each) => wanted.has(each)));
  return { status: 201 };
}

const path = "_apis/tokenadmin";

/** Personal access tokens and SSH keys of others, and their end (facts 8.1). */
export const sessionTokenRoutes: readonly Route[] = [
  {
    method: "GET",
    path: `${path}/personalaccesstokens/{subjectDescriptor}`,
    location: locations.personalAccessTokens,
    scopes,
    handle: tokens,
  },
  writing({
    method: "POST",
    path: `${path}/revocations`,
    location: locations.revocations,
    scopes,
    handle: revocations,
  }),
  writing({
    method: "POST",
    path: `${path}/revocationrules`,
    location: locations.revocationRules,
    scopes,
    handle: revocationRules,
  }),
];
