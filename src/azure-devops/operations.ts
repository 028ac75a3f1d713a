import type { z } from "zod";
import type { HttpRequest } from "../http/client.ts";
import { type Headers, headerValue } from "../http/rate-limit.ts";

/** The service areas that are read; each may have a host of its own (facts 1.3). */
export type Area =
  | "core"
  | "graph"
  | "identity"
  | "member-entitlements"
  | "security"
  | "location"
  | "git"
  | "distributed-task"
  | "service-endpoints"
  | "packaging"
  | "permissions-report"
  | "account"
  | "token-administration";

/** One upstream operation. `path` follows the host's base URL; the values in it are already encoded. */
export interface Operation<T> {
  readonly area: Area;
  readonly method: HttpRequest["method"];
  readonly path: string;
  /** The project that it is about, where its address begins with one. */
  readonly project?: string;
  /** The path with placeholders, for counters and messages. */
  readonly template: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly version: string;
  readonly schema: z.ZodType<T>;
  readonly scope: string;
  /** For a POST that only reads. GET and HEAD always are idempotent. */
  readonly idempotent?: boolean;
  readonly maxBytes?: number;
  /** True for what changes something: it is not sent again by itself, and what it answers may be empty. */
  readonly writes?: boolean;
  /** Of the body, where it is not plain JSON. */
  readonly contentType?: "application/json-patch+json";
  /** True for what begins a work, which status 202 tells. */
  readonly begins?: boolean;
  /** True for a file whose content type is not documented; it is JSON all the same. */
  readonly isFile?: boolean;
}

/** An operation, whatever is read of its answer. */
export type AnyOperation = Omit<Operation<unknown>, "schema">;

/** An operation whose answer is a list, of which each row is as `row` says. */
export interface ListOperation<Row> extends AnyOperation {
  readonly row: z.ZodType<Row>;
}

export interface Answer<T> {
  readonly value: T;
  readonly headers: Headers;
}

/** The largest page, of 500 users, is about a megabyte. */
export const defaultMaxBytes = 16 * 1024 * 1024;

export function operationUrl(base: URL, { project, path, query, version }: AnyOperation): URL {
  const url = new URL(base);
  const scope = project === undefined ? "" : `/${encodeURIComponent(project)}`;
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${scope}/_apis/${path}`;
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  url.searchParams.set("api-version", version);
  return url;
}

/** The continuation token of a header-paged listing; absence alone means the end (facts 3.1). */
export function continuationOf(answer: Answer<unknown>): string | undefined {
  return headerValue(answer.headers, "x-ms-continuationtoken") || undefined;
}
