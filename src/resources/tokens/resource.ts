import { parseDate } from "../../azure-devops/descriptors.ts";
import type { TokenKind } from "../../azure-devops/token-administration.ts";
import type { Call } from "../../call.ts";
import { defineResource, itemAt } from "../../connector/handler.ts";
import type { Resource, ResourceRef, SecretDetails } from "../../connector/model.ts";
import type { Readings } from "../readings/index.ts";
import { userResource } from "../users.ts";
import { canonicalTokenId, parseTokenId } from "./ids.ts";
import type { OwnedToken } from "./reading.ts";
import { tokenRemover } from "./revocation.ts";
import { expiryOf, stateOf } from "./state.ts";

/** What people sign in with besides their account: that it is there and what it may do, and never what it is. */
export const tokenResource = defineResource<Readings>({
  type: {
    id: "personal-access-token",
    displayName: "Personal access token",
    description: "A personal access token or SSH key of a person, with its scopes and dates; never the token itself.",
    traits: ["secret"],
  },
  entitlements: [],
  canonical: async (_readings, ref) => ({ ...ref, id: canonicalTokenId(ref.id) }),
  remover: tokenRemover,
  list: (readings) => ({
    async page(cursor, call) {
      const [{ items, next, restarted }, asResource] = await Promise.all([
        readings.tokens.page(cursor, call),
        resourceMaker(readings, call),
      ]);
      return { ...rowsOf(items, asResource), next, ...(restarted ? { restarted } : {}) };
    },
    async sorted(call) {
      const [tokens, asResource] = await Promise.all([readings.tokens.all(call), resourceMaker(readings, call)]);
      return rowsOf(tokens, asResource);
    },
  }),
  async get(readings, id, call) {
    const key = parseTokenId(id);
    if (!key || !(await readings.tokens.isListed(key.owner, call))) return undefined;
    const [owner, tokens, asResource] = await Promise.all([
      userResource.get(readings, key.owner, call),
      readings.tokens.of(key.owner, call),
      resourceMaker(readings, call),
    ]);
    const token = tokens.find((each) => each.id === id);
    return owner && token && asResource(token);
  },
});

function rowsOf(tokens: readonly OwnedToken[], asResource: (token: OwnedToken) => Resource) {
  return { ids: tokens.map(({ id }) => id), resource: (index: number) => asResource(itemAt(tokens, index)) };
}

async function resourceMaker(readings: Readings, call: Call): Promise<(token: OwnedToken) => Resource> {
  const [{ instanceId }, organization] = await Promise.all([
    readings.access.connection(call),
    readings.organization(call),
  ]);
  return (token) => toResource(token, { instanceId: instanceId.toLowerCase(), organization, nowMs: Date.now() });
}

const names: Readonly<Record<TokenKind, string>> = {
  "personal-access-token": "Personal access token",
  "ssh-key": "SSH key",
};

const secretKinds: Readonly<Record<TokenKind, SecretDetails["kind"]>> = {
  "personal-access-token": "static-secret",
  "ssh-key": "asymmetric-key",
};

export interface TokenContext {
  /** Id of the organization. */
  readonly instanceId: string;
  /** As a parent, where organizations are listed. */
  readonly organization: ResourceRef | undefined;
  readonly nowMs: number;
}

export function toResource({ id, owner, kind, token }: OwnedToken, context: TokenContext): Resource {
  const { authorizationId, displayName, scope, targetAccounts, validFrom } = token;
  const expiresAt = expiryOf(token);
  const state = stateOf(token, context.nowMs);
  return {
    type: "personal-access-token",
    id,
    // The first answers of this interface had no names (facts 8.1).
    displayName: displayName || `${names[kind]} ${authorizationId}`,
    parent: context.organization,
    status: state === "valid" ? { value: "enabled" } : { value: "disabled", details: state },
    createdAt: parseDate(validFrom),
    secret: { owner: { type: "user", id: owner }, kind: secretKinds[kind], detail: kind, expiresAt },
    profile: {
      kind,
      state,
      scopes: scope,
      full_access: scope?.split(" ").includes(fullAccess) ? true : undefined,
      targets: targetsOf(targetAccounts ?? [], context.instanceId),
      target_organizations: targetAccounts?.length || undefined,
      authorization_id: authorizationId,
      expires: expiresAt?.toISOString(),
    },
  };
}

/** The scope of tokens that may do all that their owner may (facts 8.1). */
const fullAccess = "app_token";

/** What is not bound to organizations is good in all that its owner is in (facts 8.1). */
function targetsOf(organizations: readonly string[], self: string): string {
  if (organizations.length === 0) return "all-organizations";
  return organizations.length === 1 && organizations[0] === self ? "this-organization" : "chosen-organizations";
}
