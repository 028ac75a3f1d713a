import { ConnectorError, type ErrorKind } from "../../src/errors.ts";
import { failureOf, code as numbers } from "../../src/server/error-codes.ts";
import { errorDescriptions } from "../../src/server/error-descriptions.ts";
import { code, table } from "./markdown.ts";

/** Every way in which a call can fail: from the table of codes and the descriptions beside it. */
export function errorDocument(): string {
  const rows = Object.entries(errorDescriptions).map(([kind, { cause, remedy }]) => {
    const answered = codeName(failureOf(new ConnectorError(kindOf(kind), ""), "").code);
    return [code(kind), code(answered), retried.includes(answered) ? "yes" : "no", cause, remedy];
  });
  return `# Errors

Generated from \`src/server/error-codes.ts\` and \`src/server/error-descriptions.ts\` by \`npm run docs\`.

A failed call answers one of these codes with a message that names the upstream request, the cause and the remedy. On
the command line the message is all there is, with exit code 2 for \`invalid-request\`, 130 for \`canceled\`, and 1 for the
others. The log has the cause of each failed call under its request id.

"Again" says whether the platform tries the call again by itself: it does for two codes only. A sync that ended with any
code but \`INTERNAL\`, \`INVALID_ARGUMENT\` or \`UNIMPLEMENTED\` can be resumed where it stopped.

${table(["Kind", "gRPC code", "Again", "Cause", "Remedy"], rows)}
`;
}

const retried = ["UNAVAILABLE", "DEADLINE_EXCEEDED"];

function kindOf(kind: string): ErrorKind {
  if (isKind(kind)) return kind;
  throw new Error(`no kind of error: ${kind}`);
}

function isKind(kind: string): kind is ErrorKind {
  return kind in errorDescriptions;
}

/** As gRPC writes its codes. */
function codeName(number: number): string {
  const found = Object.entries(numbers).find(([, each]) => each === number);
  if (!found) throw new Error(`no name for the code ${number}`);
  return found[0].replace(/[A-Z]/g, "_$&").toUpperCase();
}
