import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { RowCollector } from "./list-answers.ts";
import { listOf } from "./schemas.ts";
import {
  type AccessControlList,
  accessControlList,
  permissionEvaluations,
  permissionValues,
  type SecurityNamespace,
  securityNamespace,
} from "./security-schemas.ts";

/** Whether the caller holds all of `bits` on a token. */
export interface PermissionQuestion {
  readonly namespaceId: string;
  readonly token: string;
  readonly bits: number;
}

/** Security namespaces, access control lists, and what the caller itself may do. */
export interface SecurityApi {
  /**
   * Every list of a namespace as it arrives (no paging), or those of one token, with `recurse` of what is below it too.
   * With `descriptors`, of each list the entries of these identities alone. Each try gathers with a collector of its own.
   */
  readAccessControlLists<T>(
    namespaceId: string,
    options: { readonly token?: string; readonly recurse?: boolean; readonly descriptors?: readonly string[] },
    createCollector: () => RowCollector<AccessControlList, T>,
    call: Call,
  ): Promise<T>;
  /** What can be allowed and denied, and in which words. */
  listNamespaces(call: Call): Promise<readonly SecurityNamespace[]>;
  /** Whether the caller itself has all of `bits` on each token, in order; an administrator has all there are. */
  hasPermissions(
    namespaceId: string,
    options: { readonly bits: number; readonly tokens: readonly string[] },
    call: Call,
  ): Promise<readonly boolean[]>;
  /** The same for tokens of many namespaces, by the lists alone: being an administrator gives nothing by itself. */
  evaluatePermissions(questions: readonly PermissionQuestion[], call: Call): Promise<readonly boolean[]>;
}

/** The namespace of identities: a team's administrators are entries on the team's token. */
export const identityNamespaceId = "5a27515b-ccd7-42c9-84f1-54c998f03866";

/**
 * Read, Write, Delete, ManageMembership and CreateScope of that namespace: what Microsoft's own clients set for a team
 * administrator. ManageMembership alone is a permission of its own (facts 4.8).
 */
export const teamAdministratorBits = 31;

/** Denied to whoever sees a part of the organization only (facts 4, 9.3). */
export const organizationLevelData = { namespaceId: "f0003bce-5f45-4f93-a25d-90fc33fe3aa9", view: 1 } as const;

/** All lists of the largest organizations are about 200 MB; they are never held at once. */
const maxListsBytes = 1024 * 1024 * 1024;

/** No limit is documented; this keeps a body far below any. */
const questionsPerRequest = 500;

const base = { area: "security", method: "GET", version: "7.1", scope: "Security (Manage)" } as const;

export function createSecurityApi(connection: Connection): SecurityApi {
  async function evaluate(questions: readonly PermissionQuestion[], call: Call): Promise<readonly boolean[]> {
    const operation = {
      ...base,
      method: "POST",
      path: "security/permissionevaluationbatch",
      template: "security/permissionevaluationbatch",
      body: {
        alwaysAllowAdministrators: false,
        evaluations: questions.map(({ namespaceId, token, bits }) => ({
          securityNamespaceId: namespaceId,
          token,
          permissions: signed(bits),
        })),
      },
      schema: permissionEvaluations,
      idempotent: true,
    } as const;
    const { evaluations } = (await connection.send(operation, call)).value;
    const isAnswered = (question: PermissionQuestion, index: number) =>
      evaluations[index]?.securityNamespaceId.toLowerCase() === question.namespaceId.toLowerCase() &&
      evaluations[index].token === question.token;
    if (evaluations.length === questions.length && questions.every(isAnswered)) {
      return evaluations.map(({ value }) => value);
    }
    const told = `POST ${operation.path}: the answer is about other tokens than were asked for`;
    throw new ConnectorError("unexpected-answer", `${told}; check the proxies on the way to Azure DevOps`);
  }

  return {
    async readAccessControlLists(namespaceId, { token, recurse, descriptors }, createCollector, call) {
      const operation = {
        ...base,
        path: `accesscontrollists/${encodeURIComponent(namespaceId)}`,
        template: "accesscontrollists/{namespace}",
        query: { token, recurse, descriptors: descriptors?.join(",") },
        row: accessControlList,
        maxBytes: maxListsBytes,
      };
      return (await connection.stream(operation, createCollector, call)).value;
    },
    async listNamespaces(call) {
      const operation = { ...base, path: "securitynamespaces", template: "securitynamespaces" };
      return (await connection.send({ ...operation, schema: listOf(securityNamespace) }, call)).value.value;
    },
    async hasPermissions(namespaceId, { bits, tokens }, call) {
      const operation = {
        ...base,
        path: `permissions/${encodeURIComponent(namespaceId)}/${signed(bits)}`,
        template: "permissions/{namespace}/{bits}",
        query: { tokens: tokens.join(tokenDelimiter), delimiter: tokenDelimiter, alwaysAllowAdministrators: true },
        schema: permissionValues,
      };
      return (await connection.send(operation, call)).value.value;
    },
    async evaluatePermissions(questions, call) {
      const answers: boolean[] = [];
      for (let start = 0; start < questions.length; start += questionsPerRequest) {
        answers.push(...(await evaluate(questions.slice(start, start + questionsPerRequest), call)));
      }
      return answers;
    },
  };
}

/** As the service writes bits: the 32nd is the sign. */
export function signed(bits: number): number {
  return bits >= 2 ** 31 && bits < 2 ** 32 ? bits - 2 ** 32 : bits;
}

/** Tokens hold commas, slashes and backslashes, and no line breaks. */
const tokenDelimiter = "\n";
