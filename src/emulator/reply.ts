/** An answer; `body` becomes JSON unless it is a string with a content type of its own. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** 200 with a body. */
export function ok(body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body, headers };
}

/** 200 with `{count, value}`, which is how every list but the paged entitlements is written. */
export function okList(value: readonly unknown[], headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body: { count: value.length, value }, headers };
}
