import { z } from "zod";
import type { Directory, DirectoryGroup } from "../entra/directory.ts";
import type { Granted } from "./permissions.ts";
import { badRequest, notFound } from "./problems.ts";

/** One request as a route of Microsoft Graph sees it. */
export interface GraphCall {
  readonly method: string;
  /** Below the version, decoded, e.g. `["groups", "{id}", "members"]`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Of `ConsistencyLevel`, in lower case. */
  readonly consistency: string;
  readonly text: string;
  readonly granted: Granted;
  readonly directory: Directory;
  /** `https://host:port/v1.0`. */
  readonly base: string;
  /** Tells that a group has another member, or one less. */
  changed(group: DirectoryGroup, member: string): void;
}

/** The group of a path, by its object id. */
export function groupAt({ directory, segments }: GraphCall): DirectoryGroup {
  const id = segments[1] ?? "";
  const found = directory.find(id);
  if (found?.kind !== "group") throw notFound(id);
  return found;
}

/** The names after `$select`. */
export function selectOf({ query }: GraphCall): readonly string[] | undefined {
  const text = query.get("$select");
  return text ? text.split(",").map((each) => each.trim()) : undefined;
}

/** The body, as a form that a schema describes. */
export function bodyOf<T>({ text }: Pick<GraphCall, "text">, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw badRequest(
      "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
    );
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw badRequest(`Invalid request body: ${z.prettifyError(result.error)}`);
}
