import type { TokenKind } from "../../azure-devops/token-administration.ts";
import { shorten } from "../../connector/ids.ts";
import type { Remover } from "../../connector/resource-changes.ts";
import { ConnectorError } from "../../errors.ts";
import type { Readings } from "../readings/index.ts";
import { guardOwnTokens } from "../writers/self.ts";
import { parseTokenId } from "./ids.ts";
import { stateOf } from "./state.ts";

/** Revokes a personal access token or a key; what is over already is left as it is. */
export const tokenRemover: Remover<Readings> = async (readings, resource, _policy, call) => {
  const key = parseTokenId(resource.id);
  if (!key) {
    const told = `there is no personal access token ${shorten(resource.id)}: take ids from the listings`;
    throw new ConnectorError("not-found", told);
  }
  const { owner, authorizationId } = key;
  // First of all: with one answer in hand, a 401 means a missing scope and not a bad token.
  await readings.access.connection(call);
  let kind: TokenKind = "personal-access-token";

  return {
    summary: `revoke the token ${authorizationId} of ${owner}`,
    lock: `tokens of ${owner}`,
    asked: "revocation",
    subject: () => resource,
    async read(own) {
      const found = (await readings.tokens.of(owner, own)).find(({ id }) => id === resource.id);
      if (!found) return { done: true, held: "nothing" };
      kind = found.kind;
      const state = stateOf(found.token, Date.now());
      return { done: state !== "valid", held: { kind, state, scopes: found.token.scope ?? "" } };
    },
    check: (_state, own) => guardOwnTokens(readings, owner, own),
    write: (_state, own) => readings.client.tokenAdministration.revoke(authorizationId, kind, own),
    details: async () => ({ notes: [lag] }),
  };
};

/** As Microsoft documents it (facts 8.1). */
const lag = "it can take up to an hour until every service of Azure DevOps refuses what was revoked";
