import {
  personalAccessTokensOption,
  syncOrganizationsOption,
  syncTeamsOption,
  typeOptions,
} from "../config/options.ts";
import { createHandlers } from "../resources/index.ts";
import { optionalTypes, type SyncOptions } from "../resources/options.ts";
import { commit, contractVersion, version } from "../version.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";
import { textTable } from "./table.ts";

/** What the connector can do with one resource type, from the handler that does it. */
export interface TypeCapabilities {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly traits: readonly string[];
  /** The flag without which the type is not listed. */
  readonly option: string | null;
  /** What can be changed: grants, and resources themselves, of which accounts are added. */
  readonly changes: readonly ("grant" | "add" | "create" | "update" | "delete")[];
  readonly entitlements: readonly EntitlementCapabilities[];
}

interface EntitlementCapabilities {
  readonly slug: string;
  readonly purpose: string;
  readonly grantableTo: readonly string[];
  /** Whether it can be given and taken. */
  readonly provisioning: boolean;
}

/** Every resource type that can be listed; what depends on an option is found by switching it off. */
export function capabilities(): readonly TypeCapabilities[] {
  const all: SyncOptions = {
    syncTeams: true,
    syncOrganizations: true,
    permissionDetail: "standard",
    skipUnusedRoles: false,
    inheritedRows: false,
    effective: false,
    optionalTypes,
    personalAccessTokens: "all",
  };
  const optional = [
    { option: syncTeamsOption, without: createHandlers({ ...all, syncTeams: false }) },
    { option: syncOrganizationsOption, without: createHandlers({ ...all, syncOrganizations: false }) },
    { option: personalAccessTokensOption, without: createHandlers({ ...all, personalAccessTokens: "off" }) },
    ...optionalTypes.map((type) => ({
      option: typeOptions[type],
      without: createHandlers({ ...all, optionalTypes: optionalTypes.filter((other) => other !== type) }),
    })),
  ];
  return createHandlers(all).map(({ type, entitlements, writer, accounts, creator, remover }) => {
    const switchedBy = optional.find(({ without }) => without.every((handler) => handler.type.id !== type.id));
    return {
      id: type.id,
      displayName: type.displayName,
      description: type.description,
      traits: type.traits,
      option: switchedBy ? `--${switchedBy.option.name}` : null,
      changes: [
        ...(writer ? (["grant"] as const) : []),
        ...(accounts ? (["add"] as const) : []),
        ...(creator ? (["create", "update"] as const) : []),
        ...(remover ? (["delete"] as const) : []),
      ],
      entitlements: entitlements.map(({ slug, purpose, grantableTo }) => ({
        slug,
        purpose,
        grantableTo,
        provisioning: writer?.(slug) !== undefined,
      })),
    };
  });
}

/** Tells what the connector can do; it needs no credentials and no organization. */
export async function run({ flags }: Invocation): Promise<number> {
  const resourceTypes = capabilities();
  if (flags.format === "json") {
    const about = { version, commit: commit(), contract: contractVersion };
    await print(`${JSON.stringify({ ...about, resourceTypes }, null, 2)}\n`);
    return 0;
  }
  const rows = resourceTypes.map(({ id, traits, entitlements, option, changes }) => [
    id,
    traits.join(", "),
    entitlements.map(({ slug }) => slug).join(", "),
    option ? `with ${option}` : "yes",
    changes.join(", ") || "no",
  ]);
  await print(`${textTable([["type", "traits", "entitlements", "sync", "provision"], ...rows])}\n`);
  return 0;
}
