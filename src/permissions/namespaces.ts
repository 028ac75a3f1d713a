import { boardNamespaces } from "./board-namespaces.ts";
import { codeNamespaces } from "./code-namespaces.ts";
import type { GovernedNamespace } from "./namespace.ts";
import { organizationNamespaces } from "./organization-namespaces.ts";

/** Every namespace whose entries are told as permissions; those behind roles are told as roles. */
export const governedNamespaces: readonly GovernedNamespace[] = [
  ...codeNamespaces,
  ...boardNamespaces,
  ...organizationNamespaces,
];
