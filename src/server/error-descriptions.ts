import type { ErrorKind } from "../errors.ts";

/** What a kind of failure means to the person who sees it; `docs/errors.md` is made of these. */
export interface ErrorDescription {
  readonly cause: string;
  readonly remedy: string;
}

/** The compiler holds this to every kind that there is. */
export const errorDescriptions: Record<ErrorKind, ErrorDescription> = {
  "rate-limited": {
    cause: "Azure DevOps asked for a pause that is longer than the call may take.",
    remedy: "Try again at the time in the answer's `RateLimitDescription.reset_at`; the platform does so by itself.",
  },
  unavailable: {
    cause: "Azure DevOps could not be reached or failed (5xx), also after retries.",
    remedy: "Try again. If it stays so, check DNS, `--proxy`, `--ca-file` and the status page of Azure DevOps.",
  },
  timeout: {
    cause: "Azure DevOps did not answer within `--upstream-timeout`, or the call's own deadline passed.",
    remedy: "Try again, with a longer deadline if it was the call's.",
  },
  unauthenticated: {
    cause: "Azure DevOps does not know the token: it is wrong, expired, revoked, or of another organization.",
    remedy: "Make a new token for this organization and replace the old one.",
  },
  forbidden: {
    cause: "The token is valid and lacks a scope, or its owner lacks a permission; the message names the scope.",
    remedy: "Give the token the scope (see [permissions.md](permissions.md)), or its owner the permission.",
  },
  "not-found": {
    cause: "There is no such resource type, or the resource is gone from the organization.",
    remedy: "Sync again; nothing has to be repaired.",
  },
  "wrong-route": {
    cause: "The service does not exist where the URL leads, or something on the way redirects elsewhere.",
    remedy: "Check `--organization-url`, and what a proxy on the way does.",
  },
  conflict: {
    cause: "Azure DevOps says that what should be made exists.",
    remedy: "Sync again, then ask again if it is still needed.",
  },
  contended: {
    cause: "Somebody else changed the same at that moment, each time that a change was tried.",
    remedy: "Nothing was changed: ask again.",
  },
  refused: {
    cause: "A policy, a quota or the machine does not allow it: a port that is taken, an address that needs TLS.",
    remedy: "Do what the message says.",
  },
  "too-large": {
    cause: "The request, or its metadata, is larger than `--max-message-bytes` or `--max-metadata-bytes`.",
    remedy: "Send less at a time, or raise the limit.",
  },
  "invalid-request": {
    cause: "The request breaks the contract, a page token is not of this listing, or an option is wrong.",
    remedy: "Correct the request; start the listing or the sync again when it was a page token.",
  },
  unsupported: {
    cause: "A part of the contract that this connector does not have.",
    remedy: "`azure-devops-connector capabilities` tells what there is.",
  },
  "malformed-answer": {
    cause: "An answer was cut off or is not JSON, also after retries; often a proxy made it.",
    remedy: "Try again. If it stays so, check what lies between the connector and Azure DevOps.",
  },
  "unexpected-answer": {
    cause: "An answer is valid JSON and lacks what is needed, or its listing goes in a circle.",
    remedy: "Check `--organization-url`; if it is right, report it with the message.",
  },
  "read-only": {
    cause: "A change was asked for, and provisioning is off.",
    remedy: "Start the connector with `--provisioning standard` if changes are wanted.",
  },
  canceled: {
    cause: "The caller ended the call, or went away.",
    remedy: "None is needed.",
  },
  bug: {
    cause: "A mistake in the connector, or a request of it that Azure DevOps refused as invalid.",
    remedy: "Report it with the request id of the message and the log lines that have the same id.",
  },
};
