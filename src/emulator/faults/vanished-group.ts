import { z } from "zod";
import type { Answer } from "../answer.ts";
import { descriptorOf } from "../lookup.ts";
import { Refusal } from "../problems.ts";
import { isRecord } from "../records.ts";
import { refused } from "../refusals.ts";
import type { Service } from "../service.ts";
import type { Subject } from "../state.ts";
import type { Exchange, FaultKind } from "./fault.ts";
import { defineFault } from "./fault.ts";
import { mapRows, rowsOf } from "./listings.ts";

/** The group of the parameter, or the first one that people made. */
function groupOf({ lookup, state }: Service, descriptor: string | undefined): Subject | undefined {
  if (descriptor !== undefined) return lookup.byDescriptor(descriptor);
  return state.subjects.find(({ group, known }) => group?.kind === "made" && known === "graph");
}

/** What a path that names the group answers, by the kind of path (facts 11.2). */
function gone({ seen }: Exchange, group: Subject): Answer {
  const descriptor = descriptorOf(group);
  const refusal = seen.route.includes("memberships")
    ? new Refusal(404, "FindGroupSidDoesNotExistException", `VS403282: The group '${descriptor}' does not exist.`)
    : seen.route.startsWith("_apis/graph/")
      ? new Refusal(
          404,
          "GraphSubjectNotFoundException",
          `VS403325: The Graph subject with descriptor '${descriptor}' could not be found.`,
        )
      : new Refusal(404, "IdentityNotFoundException", `The identity '${group.storageKey}' could not be found.`);
  return { route: seen.route, reply: refused(refusal) };
}

/** Null in a batch, absent in a lookup; listings still name the group. */
function withoutGroup(answer: Answer, { seen }: Exchange, group: Subject): Answer | undefined {
  const { reply } = answer;
  if (seen.route === "_apis/graph/subjectlookup" && isRecord(reply.body) && isRecord(reply.body.value)) {
    const { [descriptorOf(group)]: found, ...value } = reply.body.value;
    const body = { count: Object.keys(value).length, value };
    return found === undefined ? undefined : { ...answer, reply: { ...reply, body } };
  }
  if (seen.route !== "_apis/identitybatch" && seen.route !== "_apis/identities") return undefined;
  const isGroup = (row: unknown) => isRecord(row) && row.id === group.storageKey;
  return rowsOf(answer)?.some(isGroup) ? mapRows(answer, (row) => (isGroup(row) ? null : row)) : undefined;
}

/** A group that the listing of groups still names, and that every other reading knows no more. */
export const vanishedGroupKind: FaultKind = defineFault({
  kind: "vanished-group",
  summary: "a group is still listed and otherwise gone: null in a batch, 404 where a path names it",
  lasting: true,
  parameters: {
    group: z.string().optional().describe("its subject descriptor; the first group that people made when left out"),
  },
  create: ({ group: wanted }) => ({
    answer: (exchange) => {
      const group = groupOf(exchange.service, wanted);
      const { segments } = exchange.incoming.address;
      const names = group ? [descriptorOf(group), group.storageKey] : [];
      return group && segments.some((segment) => names.includes(segment)) ? gone(exchange, group) : undefined;
    },
    change: (answer, exchange) => {
      const group = groupOf(exchange.service, wanted);
      return group && withoutGroup(answer, exchange, group);
    },
  }),
});
