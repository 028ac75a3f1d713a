import { ClientSecretCredential } from "@azure/identity";
import { expect } from "vitest";
import { z } from "zod";
import type { EmulatorWithEntra } from "../../src/emulator/index.ts";
import { ask, askEntra, identityOptions, tokenOf } from "./entra.ts";

export const page = z.object({
  "@odata.nextLink": z.string().optional(),
  "@odata.count": z.number().optional(),
  value: z.array(z.looseObject({ "@odata.type": z.string(), id: z.string() })),
});

/** Of a list that needs a request header to be read from an index. */
export const eventual = { ConsistencyLevel: "eventual" };

/** An error as Microsoft Graph writes it. */
export function problem(status: number, code: string, message: unknown = expect.any(String)): unknown {
  const innerError = expect.objectContaining({ "request-id": expect.any(String) });
  return expect.objectContaining({ status, body: { error: { code, message, innerError } } });
}

export const denied = problem(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");

/** A new token for Microsoft Graph, with the roles that the connector has now. */
export function graphToken(emulator: EmulatorWithEntra): Promise<string> {
  const { applications, tenantId } = emulator.entra;
  const { clientId, secret } = applications.connector;
  const credential = new ClientSecretCredential(tenantId, clientId, secret, identityOptions(emulator));
  return tokenOf(credential, "https://graph.microsoft.com/.default");
}

/** Sends requests to the emulated Microsoft Graph. */
export function graphClient(emulator: EmulatorWithEntra, token: string) {
  async function graph(method: string, path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) {
    const address = path.startsWith("https:") ? path : `${emulator.entra.graphUrl}/${path}`;
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...more };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await askEntra(emulator, address, init);
    const parsed: unknown = answer.headers.get("content-type")?.includes("json")
      ? JSON.parse(answer.text)
      : answer.text;
    return { status: answer.status, body: parsed, headers: answer.headers };
  }

  /** Every row of a list, and the pages that they came in. */
  async function walk(path: string) {
    const pages: z.infer<typeof page>[] = [];
    for (let next: string | undefined = path; next; next = pages.at(-1)?.["@odata.nextLink"]) {
      pages.push(page.parse((await graph("GET", next)).body));
    }
    return { pages, rows: pages.flatMap(({ value }) => value) };
  }

  return { graph, walk };
}

/** The group at a place of the directory. */
export function groupAt({ entra }: EmulatorWithEntra, at: number) {
  const found = entra.directory.groups[at];
  if (!found) throw new RangeError(`no group at ${at}`);
  return found;
}

/** The object ids of those whom Azure DevOps shows in the Entra group at a place. */
export async function shownMembers(emulator: EmulatorWithEntra, at: number): Promise<readonly string[]> {
  const { state, token } = emulator;
  const subject = state.subjects.find(({ originId }) => originId === groupAt(emulator, at).id);
  const query = `identityIds=${subject?.storageKey}&queryMembership=direct`;
  const response = await ask(emulator, token, `../vssps/fabrikam/_apis/identities?${query}`);
  const form = z.object({ value: z.array(z.object({ memberIds: z.array(z.string()) })) });
  const byKey = new Map(state.subjects.map((each) => [each.storageKey, each.originId]));
  return form
    .parse(await response.json())
    .value.flatMap(({ memberIds }) => memberIds.map((key) => byKey.get(key) ?? key));
}
