import { createHash } from "node:crypto";
import type { GivenBits } from "../connector/changes.ts";
import type { Json, ResourceRef } from "../connector/model.ts";

/** One change as it is kept: who asked for what, what was there before and after, and what came of it. */
export interface ChangeRecord {
  readonly action: "grant" | "revoke" | "create-account" | "create-resource" | "delete-resource" | "acknowledge";
  /** `begun` is kept before the first write, and another record with its number in `closes` after the last. */
  readonly outcome: "begun" | "performed" | "already" | "not_performed" | "refused" | "unclear";
  readonly caller: string;
  readonly requestId: string;
  /** Of the ticket that the platform acts for, where it names one. */
  readonly ticketId?: string | undefined;
  readonly entitlement?: string | undefined;
  readonly resource?: ResourceRef | undefined;
  readonly principal?: ResourceRef | undefined;
  /** What was asked for besides. */
  readonly asked?: Json | undefined;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  /** What it was expected to take along. */
  readonly foretold?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly activityId?: string | undefined;
  /** When the new state was seen, ISO 8601. */
  readonly verifiedAt?: string | undefined;
  readonly reason?: string | undefined;
  /** Of what is begun: what it takes away, which counts for the breaker. */
  readonly taken?: Taken | undefined;
  /** Id of the entitlement that a grant takes the place of. */
  readonly replaced?: string | undefined;
  /** The permissions that a grant is of: those that were there before stay when it is revoked. */
  readonly bits?: GivenBits | undefined;
  /** Of a revoke that was refused: there was nothing of their own to take. */
  readonly lapsed?: boolean | undefined;
  /** Id of the entitlement that a revoke gives back. */
  readonly previous?: string | undefined;
  /** Number of the record of what was begun, and has come to its end. */
  readonly closes?: number | undefined;
}

/** What a change takes away. */
export interface Taken {
  /** What loses it. */
  readonly group: string;
  /** How many a group has before, where it is one. */
  readonly members?: number | undefined;
  /** How many lose something. */
  readonly losing: number;
}

/** A record in its chain: it holds the hash of the one before it, so that none can be changed or left out unseen. */
export interface ChainedRecord extends ChangeRecord {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  /** "" of the first. */
  readonly previousHash: string;
  /** SHA-256 of everything else in the record, in hexadecimal. */
  readonly hash: string;
}

/** Where a chain goes on. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

export const emptyChain: ChainEnd = { sequence: 0, hash: "" };

export function chained(record: ChangeRecord, { sequence, hash: previousHash }: ChainEnd, at: Date): ChainedRecord {
  const content = { sequence: sequence + 1, at: at.toISOString(), ...record, previousHash };
  return { ...content, hash: hashOf(content) };
}

function hashOf(content: object): string {
  return createHash("sha256").update(JSON.stringify(content), "utf8").digest("hex");
}

/** What is wrong with a chain, by line, and where it ends. */
export interface ChainReport {
  readonly end: ChainEnd;
  readonly problems: readonly string[];
}

/** Reads records line by line and checks that each is whole and follows the one before it. */
export async function checkChain(
  lines: AsyncIterable<string>,
  onRecord: (record: Readonly<Record<string, unknown>>) => void = () => undefined,
): Promise<ChainReport> {
  const problems: string[] = [];
  let end = emptyChain;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    const record = parse(text);
    if (!record) {
      problems.push(`line ${line} is no record`);
      continue;
    }
    const { hash, ...content } = record;
    if (hash !== hashOf(content)) problems.push(`line ${line} was changed: its hash is of something else`);
    if (content.previousHash !== end.hash || content.sequence !== end.sequence + 1) {
      problems.push(`line ${line} does not follow the record before it`);
    }
    end = { sequence: Number(content.sequence), hash: String(hash) };
    onRecord(record);
  }
  return { end, problems };
}

/** A line of a file that was found whole, as a record; undefined for what this version does not know. */
export function recordOf(line: Readonly<Record<string, unknown>>): ChangeRecord | undefined {
  const { sequence, at, previousHash, hash, ...content } = line;
  return isRecord(content) ? content : undefined;
}

/** Who changes a record changes its hash: what has one was written here, and its parts are as they were written. */
function isRecord(content: object): content is ChangeRecord {
  return "action" in content && "outcome" in content && "caller" in content && "requestId" in content;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
