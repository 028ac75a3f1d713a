/** A personal access token, or an SSH key, as administrators see it: never its text (facts 8.1). */
export interface SessionToken {
  /** What it is revoked by, and what audit entries name it by. */
  readonly authorizationId: string;
  readonly accessId: string;
  /** Index of the person that it belongs to. */
  readonly owner: number;
  readonly displayName: string;
  /** Scopes apart by spaces; `app_token` is full access. */
  readonly scope: string;
  /** Ids of organizations; null is every one that the person can reach. */
  readonly targetAccounts: readonly string[] | null;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number;
  readonly isValid: boolean;
  /** The public half of an SSH key; a personal access token has none. */
  readonly publicKey?: string;
}
