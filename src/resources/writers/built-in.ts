import { payloadText, prefixOf } from "../../azure-devops/descriptors.ts";
import type { ChangePolicy } from "../../connector/changes.ts";
import { ConnectorError } from "../../errors.ts";

/** What a group is that Azure DevOps makes itself and that its SID tells (facts 2.4). */
export type BuiltIn = "administrators" | "service-accounts" | "everybody" | "system" | "build-administrators";

const tails = new Map<string, BuiltIn>([
  ["0-0-0-0-1", "administrators"],
  ["0-0-0-0-2", "service-accounts"],
  ["0-0-0-0-3", "everybody"],
  ["0-0-0-0-5", "system"],
  ["0-0-0-0-4096", "system"],
  ["0-0-0-1-1", "service-accounts"],
  ["0-0-0-1-2", "build-administrators"],
  ["0-0-0-4-1", "service-accounts"],
  ["0-0-0-5-1", "service-accounts"],
]);

export function builtInOf(descriptor: string): BuiltIn | undefined {
  if (prefixOf(descriptor) !== "vssgp") return undefined;
  const [, tail = ""] = /^S-1-9-1551374245-\d+-\d+-\d+-\d+-(.+)$/.exec(payloadText(descriptor)) ?? [];
  return tails.get(tail);
}

const reasons: Partial<Record<BuiltIn, string>> = {
  everybody: "holds everybody who is in a group there, and Azure DevOps keeps it: add to or remove from those groups",
  "service-accounts": "holds the service's own identities, and Azure DevOps keeps it",
  system: "is Azure DevOps' own, and it keeps it",
};

/** Fails for a group whose members nobody may change. No option allows it. */
export function mustBeChangeable(descriptor: string, name: string): void {
  const builtIn = builtInOf(descriptor);
  const reason = builtIn && reasons[builtIn];
  if (reason) throw new ConnectorError("refused", `${name} ${reason}; no option allows changing its members`);
}

/** Fails for groups whose rights Azure DevOps keeps. */
export function guardHolderGroup(
  { descriptor, name }: { readonly descriptor: string; readonly name: string },
  { tierZeroTo }: ChangePolicy,
): void {
  const builtIn = builtInOf(descriptor);
  if (builtIn === "service-accounts" || builtIn === "system") {
    throw new ConnectorError("refused", `${name} is Azure DevOps' own group, and it keeps what it may do`);
  }
  if (builtIn !== "everybody" || tierZeroTo.has("valid-users")) return;
  throw new ConnectorError(
    "refused",
    `${name} holds everybody, and Azure DevOps keeps what it may do: change a group that people are put into, or allow it with --tier-zero-to valid-users`,
  );
}
