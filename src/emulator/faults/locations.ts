import { z } from "zod";
import type { Answer } from "../answer.ts";
import { isRecord } from "../records.ts";
import type { Fault, FaultKind } from "./fault.ts";
import { defineFault } from "./fault.ts";
import { mapRows } from "./listings.ts";

/** What a server cannot do to its own address, done to those that it tells of others (facts 1.2). */

function relocated(row: unknown, area: string | undefined, change: (url: URL) => void): unknown {
  if (!isRecord(row) || typeof row.locationUrl !== "string") return row;
  if (area !== undefined && String(row.name).toLowerCase() !== area.toLowerCase()) return row;
  const url = new URL(row.locationUrl);
  change(url);
  return { ...row, locationUrl: url.href };
}

function relocating(area: string | undefined, change: (url: URL) => void): Fault {
  return {
    change: (answer, { seen }): Answer | undefined => {
      if (seen.route === "_apis/resourceareas") return mapRows(answer, (row) => relocated(row, area, change));
      if (seen.route !== "_apis/resourceareas/{areaId}" || !isRecord(answer.reply.body)) return undefined;
      return { ...answer, reply: { ...answer.reply, body: relocated(answer.reply.body, area, change) } };
    },
  };
}

const area = z.string().optional().describe("name of the one area that is moved; all when left out");

/** Kinds that move service areas to where nobody can be reached. */
export const locationKinds: readonly FaultKind[] = [
  defineFault({
    kind: "unresolvable-host",
    summary: "resource areas on a host name that does not resolve",
    parameters: { area, host: z.string().default("does-not-exist.invalid").describe("the host name") },
    create: ({ area: only, host }) =>
      relocating(only, (url) => {
        url.protocol = "https:";
        url.host = host;
        url.port = "";
      }),
  }),
  defineFault({
    kind: "tls-failure",
    summary: "resource areas behind https where this plain-text port listens, so that no handshake succeeds",
    parameters: { area },
    create: ({ area: only }) =>
      relocating(only, (url) => {
        url.protocol = "https:";
      }),
  }),
];
