import { capabilities } from "../../src/cli/capabilities.ts";
import { code, table } from "./markdown.ts";

/** A change of what the connector can do shows up here in review. */
export function capabilitiesJson(): string {
  return `${JSON.stringify({ resourceTypes: capabilities() }, null, 2)}\n`;
}

/** What is read, for the README. */
export function resourceTypes(): string {
  const rows = capabilities().map(({ id, description, traits, entitlements, option }) => [
    code(id),
    description,
    traits.map(code).join(", "),
    entitlements.map(({ slug }) => code(slug)).join(", "),
    option ? code(option) : "always",
  ]);
  return table(["Type", "What it is", "Trait", "Entitlements", "Listed"], rows);
}
