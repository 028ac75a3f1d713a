import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import type { Ask } from "./requests.ts";
import { ask } from "./requests.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a write answered; a body that is no object is under `value`. */
export interface Written {
  readonly status: number;
  readonly text: string;
  readonly body: Json;
  readonly headers: Headers;
}

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Asks with any method and body; `patch` sends it as a JSON patch. */
export async function write(
  emulator: Emulator,
  method: string,
  path: string,
  options: Omit<Ask, "body" | "method"> & { readonly json?: unknown; readonly patch?: unknown } = {},
): Promise<Written> {
  const { json, patch, ...rest } = options;
  const sent = json ?? patch;
  const { headers, status, text } = await ask(emulator, path, {
    method,
    ...rest,
    with: {
      "X-TFS-FedAuthRedirect": "Suppress",
      ...rest.with,
      ...(patch === undefined ? {} : { "Content-Type": "application/json-patch+json" }),
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  const parsed: unknown = (headers.get("content-type") ?? "").startsWith("application/json") ? JSON.parse(text) : {};
  return { status, text, headers, body: isJson(parsed) ? parsed : { value: parsed } };
}

/** Adds or removes a direct member. */
export function membership(
  emulator: Emulator,
  method: "PUT" | "DELETE" | "GET" | "HEAD",
  member: Subject | number,
  container: Subject | number,
  options: Omit<Ask, "body" | "method"> = {},
): Promise<Written> {
  const name = (each: Subject | number) =>
    descriptorOf(typeof each === "number" ? subjectAt(emulator.state, each) : each);
  const path = `_apis/graph/memberships/${name(member)}/${name(container)}?api-version=7.1-preview.1`;
  return write(emulator, method, path, { host: "vssps", ...options });
}

/** The first subject of a kind; a seed without one is a mistake of the test. */
export function someSubject({ state }: Emulator, is: (subject: Subject) => boolean): Subject {
  const found = state.subjects.find(is);
  if (!found) throw new Error("the seed lacks such a subject");
  return found;
}

/** A person who is active, signs in, and is neither the caller nor the owner. */
export const isPerson =
  ({ state }: Emulator) =>
  ({ active, index, kind }: Subject): boolean =>
    active && kind === "entra-user" && index !== state.caller && index !== state.owner;
