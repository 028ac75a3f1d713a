import type { ChangeableState } from "../changeable.ts";
import type { SessionToken } from "../session-tokens.ts";
import type { Commit } from "./commit.ts";

/** Changes of tokens and keys. */
export interface TokenChanges {
  /** Replaces every token and key. */
  setTokens(tokens: readonly SessionToken[]): void;
}

/** The changes of tokens. */
export function createTokenChanges({ tokens }: ChangeableState, commit: Commit): TokenChanges {
  const set = (all: readonly SessionToken[]) => () => {
    tokens.length = 0;
    for (const token of all) tokens.push(token);
  };
  return { setTokens: (after) => commit("tokens", set([...after]), set([...tokens])) };
}
