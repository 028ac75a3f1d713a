import { z } from "zod";
import type { Call } from "../call.ts";
import { withoutPersonalAccessTokens } from "../redaction.ts";
import type { Connection } from "./connection.ts";
import type { Page } from "./graph.ts";
import { guid, optionalText } from "./references.ts";
import { rowsOf } from "./schemas.ts";
import { sendWrite, type Written } from "./written.ts";

/** What people sign in with besides their account; both come by the same route (facts 8.1). */
export const tokenKinds = ["personal-access-token", "ssh-key"] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** Tokens of others, as administrators see them: what they may do, and never what they are. */
export interface TokenAdministrationApi {
  /** The tokens of one person, page by page; there is no listing of everybody's (facts 8.1). */
  list(owner: string, kind: TokenKind, cursor: string, call: Call): Promise<Page<SessionToken>>;
  revoke(authorizationId: string, kind: TokenKind, call: Call): Promise<Written>;
}

const sessionToken = z.object({
  /** What the audit log calls it by. */
  authorizationId: guid,
  /** People can write anything here, the token itself too. */
  displayName: optionalText.transform((name) => (name ? withoutPersonalAccessTokens(name) : undefined)),
  /** Names with spaces between them; `app_token` is all of them. */
  scope: optionalText,
  /** Ids of organizations; all of them when there is none. */
  targetAccounts: z.array(guid).nullish(),
  validFrom: optionalText,
  validTo: optionalText,
  isValid: z.boolean(),
});

export type SessionToken = z.infer<typeof sessionToken>;

const page = z.object({ value: rowsOf(sessionToken), continuationToken: optionalText });

/** Stands for the end, as no token at all does (facts 8.1). */
const noMore = "00000000-0000-0000-0000-000000000000";

const base = {
  area: "token-administration",
  version: "7.1-preview.1",
  scope: "Token Administration (Read & manage)",
} as const;

export function createTokenAdministrationApi(connection: Connection): TokenAdministrationApi {
  return {
    async list(owner, kind, cursor, call) {
      const operation = {
        ...base,
        method: "GET",
        path: `tokenadmin/personalaccesstokens/${encodeURIComponent(owner)}`,
        template: "tokenadmin/personalaccesstokens/{subject}",
        query: { isPublic: kind === "ssh-key", continuationToken: cursor || undefined },
        schema: page,
      } as const;
      const { value, continuationToken } = (await connection.send(operation, call)).value;
      return { items: value, next: continuationToken === noMore ? undefined : continuationToken || undefined };
    },
    revoke(authorizationId, kind, call) {
      const path = "tokenadmin/revocations";
      const operation = {
        ...base,
        method: "POST",
        path,
        template: path,
        query: { isPublic: kind === "ssh-key" },
        body: [{ authorizationId }],
        schema: z.unknown(),
      } as const;
      return sendWrite(connection, operation, call);
    },
  };
}
