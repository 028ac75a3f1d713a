import { randomUUID } from "node:crypto";
import type { Reply } from "../reply.ts";

/** A refusal as Microsoft Graph writes it (learn.microsoft.com/graph/errors). */
export class GraphProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "GraphProblem";
    this.status = status;
    this.code = code;
  }
}

export function graphProblemReply({ code, message, status }: GraphProblem): Reply {
  const id = randomUUID();
  const innerError = { date: new Date().toISOString().slice(0, 19), "request-id": id, "client-request-id": id };
  return { status, body: { error: { code, message, innerError } } };
}

export const badRequest = (message: string) => new GraphProblem(400, "Request_BadRequest", message);

/** It names the group, too, when it is the member that is not in it (microsoft-graph-docs issue 18714). */
export const notFound = (id: string) =>
  new GraphProblem(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** The same for a missing permission, a dynamic group and one for roles (learn.microsoft.com/troubleshoot/entra). */
export const denied = () =>
  new GraphProblem(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");

export const invalidToken = (message: string) => new GraphProblem(401, "InvalidAuthenticationToken", message);
