import type { Emulator } from "../../src/emulator/index.ts";
import { baseUrl } from "./exchanges.ts";

type Host = Parameters<typeof baseUrl>[1];

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed body; tests say what they expect of it. */
  readonly json: Body;
}

/** The fields that the tests look at, of any body. */
export interface Body {
  readonly count: number;
  readonly value: readonly Row[];
  readonly items?: readonly Row[];
  readonly members?: readonly Row[];
  readonly continuationToken?: string | null;
  readonly totalCount?: number;
  readonly typeKey?: string;
  readonly message?: string;
}

export interface Row {
  readonly id: string;
  readonly descriptor: string;
  readonly isTeamAdmin?: boolean;
  readonly isDeleted?: boolean;
  readonly locationUrl?: string;
  readonly identity?: { readonly id: string };
  readonly user?: { readonly descriptor: string; readonly subjectKind: string };
  readonly members?: readonly string[];
  readonly memberIds?: readonly string[];
  readonly token?: string;
  readonly lastAccessedDate?: string;
}

export interface Ask extends RequestInit {
  readonly host?: Host;
  /** Authorization header; the full token by default, none when null. */
  readonly authorization?: string | null;
  readonly with?: Readonly<Record<string, string>>;
}

/** Asks the emulator for a path below the organization, without following redirects. */
export async function ask(emulator: Emulator, path: string, options: Ask = {}): Promise<Asked> {
  const { authorization = `Bearer ${emulator.token}`, host = "", with: headers, ...init } = options;
  const response = await fetch(`${baseUrl(emulator, host)}/${path}`, {
    redirect: "manual",
    ...init,
    headers: { "Content-Type": "application/json", ...headers, ...(authorization === null ? {} : { authorization }) },
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const json: Body = isJson ? JSON.parse(text) : { count: 0, value: [] };
  return { status: response.status, headers: response.headers, text, json };
}

export interface Walk {
  readonly rows: readonly Row[];
  readonly pages: readonly number[];
}

/** Reads a Graph listing to its end: only a missing token ends it. */
export async function walkGraph(emulator: Emulator, list: string): Promise<Walk> {
  const rows: Row[] = [];
  const pages: number[] = [];
  for (let token: string | null = ""; token !== null; ) {
    const query = new URLSearchParams({
      "api-version": "7.1-preview.1",
      ...(token ? { continuationToken: token } : {}),
    });
    const asked: Asked = await ask(emulator, `_apis/graph/${list}?${query}`, { host: "vssps" });
    if (asked.status !== 200) throw new Error(`${list}: ${asked.status} ${asked.text}`);
    rows.push(...asked.json.value);
    pages.push(asked.json.value.length);
    token = asked.headers.get("x-ms-continuationtoken");
  }
  return { rows, pages };
}

/** Reads userentitlements (or memberentitlements) to its end; the token is in the body and must be encoded. */
export async function walkEntitlements(emulator: Emulator, list = "userentitlements?api-version=7.1"): Promise<Walk> {
  const rows: Row[] = [];
  const pages: number[] = [];
  for (let token: string | null | undefined = ""; token !== undefined && token !== null; ) {
    const after: string = token === "" ? "" : `&continuationToken=${encodeURIComponent(token)}`;
    const { json, status, text } = await ask(emulator, `_apis/${list}${after}`, { host: "vsaex" });
    if (status !== 200) throw new Error(`${list}: ${status} ${text}`);
    const page = json.items ?? json.members ?? [];
    rows.push(...page);
    pages.push(page.length);
    token = json.continuationToken || undefined;
  }
  return { rows, pages };
}

/** Reads a `$top`/`$skip` listing until a page is empty. */
export async function walkSkip(emulator: Emulator, list: string, top: number): Promise<Walk> {
  const rows: Row[] = [];
  const pages: number[] = [];
  for (let more = true; more; ) {
    const { json } = await ask(emulator, `_apis/${list}&$top=${top}&$skip=${rows.length}`);
    rows.push(...json.value);
    pages.push(json.value.length);
    more = json.value.length > 0;
  }
  return { rows, pages };
}
