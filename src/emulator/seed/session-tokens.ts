import type { SessionToken } from "../session-tokens.ts";
import type { Builder } from "./builder.ts";
import type { People } from "./memberships.ts";

const day = 86_400_000;
const newest = Date.UTC(2026, 9, 31);
const names = ["laptop", "CI für Web", "", "nightly export", "ビルド", "old script"];
const scopes = [
  "app_token",
  "vso.code",
  "vso.packaging_write vso.build",
  "vso.graph vso.memberentitlementmanagement",
  "vso.work_full",
];

/** Most have none, some a few, one more than a page holds; some see every organization, and some are past (facts 8.1, 8.3). */
function countOf(at: number): number {
  if (at === 3) return 45;
  return at % 3 === 0 ? 1 + (at % 4) : 0;
}

function token(builder: Builder, owner: number, at: number): SessionToken {
  const isKey = at % 6 === 5;
  const isOld = at % 7 === 3;
  const validFrom = newest - (isOld ? 400 : 10 + (at % 80)) * day;
  return {
    authorizationId: builder.guid("authorization", at),
    accessId: builder.guid("access", at),
    owner,
    displayName: names[at % names.length] ?? "",
    scope: isKey ? "app_token" : (scopes[at % scopes.length] ?? "app_token"),
    targetAccounts: at % 8 === 1 ? null : [builder.collectionId],
    validFrom,
    validTo: validFrom + 365 * day,
    isValid: !isOld,
    ...(isKey
      ? { publicKey: `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${builder.guid("key", at).replaceAll("-", "")}` }
      : {}),
  };
}

/** Tokens and keys of people; service principals have none (facts 9.4), and a server tells of none (facts 1.7). */
export function seedSessionTokens(builder: Builder, people: People): SessionToken[] {
  if (builder.settings.deployment === "onPremises") return [];
  const owners = people.users.flatMap((owner, at) => Array.from({ length: countOf(at) }, () => owner));
  return owners.map((owner, at) => token(builder, owner, at));
}
