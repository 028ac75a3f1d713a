import type { AzureDevOpsClient } from "../../azure-devops/client.ts";
import type { SubjectKind } from "../../azure-devops/descriptors.ts";
import { type SessionToken, type TokenKind, tokenKinds } from "../../azure-devops/token-administration.ts";
import type { Call } from "../../call.ts";
import { compareText } from "../../connector/ids.ts";
import { indexAfter } from "../../connector/keyset.ts";
import { isConnectorError } from "../../errors.ts";
import { createShared, type SharedOptions } from "../../shared-load.ts";
import type { TokenDetail } from "../options.ts";
import type { PermissionReading } from "../permissions/index.ts";
import type { Access } from "../readings/access.ts";
import { type ChainPage, createChain } from "../readings/chain.ts";
import { mapFew } from "../readings/few.ts";
import type { Subject } from "../readings/subjects.ts";
import type { Vanished } from "../readings/vanished.ts";
import { tokenId } from "./ids.ts";

/** A token with whose it is. */
export interface OwnedToken {
  /** Resource id. */
  readonly id: string;
  /** Resource id of the user. */
  readonly owner: string;
  readonly kind: TokenKind;
  readonly token: SessionToken;
}

/** Personal access tokens and SSH keys of people; nothing where the connector may not read them. */
export interface TokenReading {
  /** Those of some people at a time, the cursor being the last of them; ascending by id. */
  page(cursor: string, call: Call): Promise<ChainPage<OwnedToken>>;
  /** Ascending by id. */
  all(call: Call): Promise<readonly OwnedToken[]>;
  /** Whether somebody's tokens are listed, given that they themselves are. */
  isListed(owner: string, call: Call): Promise<boolean>;
  /** Those of one person, asked for anew; none of somebody who is gone. */
  of(owner: string, call: Call): Promise<readonly OwnedToken[]>;
}

export interface TokenSources {
  readonly client: AzureDevOpsClient;
  readonly access: Pick<Access, "absence">;
  readonly subjects: { sorted(kind: SubjectKind, call: Call): Promise<readonly Pick<Subject, "id">[]> };
  readonly permissions: Pick<PermissionReading, "roleGroups" | "containers">;
  readonly vanished: Vanished;
  readonly detail: TokenDetail;
}

/** People whose tokens make a page: enough to have several requests under way, few enough to come soon. */
const peopleAtOnce = 32;

const route = "GET tokenadmin/personalaccesstokens";

export function createTokenReading(sources: TokenSources, life: SharedOptions): TokenReading {
  const { client, access, subjects, permissions, vanished, detail } = sources;

  /** Everybody in the administrators' groups of the organization and its projects, nested or not. */
  const administrators = createShared(async (call: Call) => {
    const [groups, containers] = await Promise.all([permissions.roleGroups(call), permissions.containers(call)]);
    const leading = [...groups].filter(([, group]) => group.administrators);
    return new Set(leading.flatMap(([id]) => [...containers.people(id)]));
  }, life);

  const owners = createShared(async (call: Call): Promise<readonly string[]> => {
    if (await access.absence("personal-access-tokens", call)) return [];
    vanished.begin(gone);
    const people = (await subjects.sorted("user", call)).map(({ id }) => id);
    if (detail !== "privileged") return people;
    const privileged = await administrators.get(call);
    return people.filter((id) => privileged.has(id));
  }, life);

  const chain = createChain(
    async (cursor, call) => {
      const people = await owners.get(call);
      const tokens: OwnedToken[] = [];
      let at = indexAfter(people, cursor);
      // Many have none: a page without rows would be a call for nothing.
      while (tokens.length === 0 && at < people.length) {
        const some = people.slice(at, at + peopleAtOnce);
        tokens.push(...(await mapFew(some, (owner) => ofListed(owner, call))).flat());
        at += some.length;
      }
      const items = tokens.sort((a, b) => compareText(a.id, b.id));
      return { items, next: at < people.length ? people[at - 1] : undefined };
    },
    { route, keyOf: ({ id }) => id, ahead: 1, ...life },
  );

  const all = createShared(async (call: Call) => {
    const tokens: OwnedToken[] = [];
    for await (const page of chain.pages(call)) tokens.push(...page.items);
    return tokens.sort((a, b) => compareText(a.id, b.id));
  }, life);

  /** Whoever was removed since they were listed has no tokens any more. */
  async function ofListed(owner: string, call: Call): Promise<readonly OwnedToken[]> {
    const tokens = await ofPerson(owner, call);
    if (!tokens) vanished.add(gone, owner);
    return tokens ?? [];
  }

  async function ofPerson(owner: string, call: Call): Promise<readonly OwnedToken[] | undefined> {
    try {
      const found = await Promise.all(tokenKinds.map((kind) => ofKind(owner, kind, call)));
      const byId = new Map<string, OwnedToken>();
      for (const token of found.flat()) if (!byId.has(token.id)) byId.set(token.id, token);
      return [...byId.values()];
    } catch (error) {
      if (isConnectorError(error, "not-found")) return undefined;
      throw error;
    }
  }

  async function ofKind(owner: string, kind: TokenKind, call: Call): Promise<OwnedToken[]> {
    const pages = createChain((cursor, own) => client.tokenAdministration.list(owner, kind, cursor, own), {
      route,
      keyOf: ({ authorizationId }) => authorizationId,
    });
    const tokens: OwnedToken[] = [];
    for await (const { items } of pages.pages(call)) {
      for (const token of items) tokens.push({ id: tokenId(owner, token.authorizationId), owner, kind, token });
    }
    return tokens;
  }

  return {
    page: chain.page,
    all: all.get,
    async isListed(owner, call) {
      if (await access.absence("personal-access-tokens", call)) return false;
      return detail === "all" || (detail === "privileged" && (await administrators.get(call)).has(owner));
    },
    of: async (owner, call) => (await ofPerson(owner, call)) ?? [],
  };
}

const gone = "users whose personal access tokens were asked for";
