import type { Beliefs } from "./beliefs.ts";
import { defaultBeliefs } from "./beliefs.ts";
import type { ReadLag } from "./changes/journal.ts";
import type { EntraOptions, EntraSettings } from "./entra/options.ts";
import { resolveEntraOptions } from "./entra/options.ts";
import type { FaultRule } from "./faults/rule.ts";
import type { Seats } from "./licences.ts";
import type { RequestHook } from "./requests.ts";
import type { ThrottleOptions } from "./throttle/options.ts";

/** Sizes of a small test, of a real company, and of the largest organizations. */
export type Preset = "small" | "medium" | "large";

/** Languages of an organization. */
export type Language = "en" | "de";

/** A further access token. */
export interface TokenOptions {
  readonly token: string;
  /** Scopes as in the documents (`vso.graph`, ...); `*` is full access. */
  readonly scopes: readonly string[];
}

/** Rows of a page where the service decides; lower them to make small organizations page. */
export interface PageSizes {
  /** graph/users, groups and serviceprincipals; 500 upstream (facts 3.1). */
  readonly graph: number;
  /** userentitlements and memberentitlements; 100 upstream (facts 3.4). */
  readonly entitlements: number;
  /** Default `$top` of projects; 100 upstream (facts 3.5). */
  readonly projects: number;
  /** Default `$top` of teams and of team members; 100 upstream (facts 3.5). */
  readonly teams: number;
  /** Default `$top` of environments and variable groups; the documents do not tell it. */
  readonly pipelines: number;
  /** Tokens of a person; the document does not tell it. */
  readonly tokens: number;
}

/** What an emulator can be told; everything has a default. */
export interface EmulatorOptions {
  readonly preset?: Preset;
  readonly users?: number;
  /** Groups that people made; default groups and those of teams come on top. */
  readonly groups?: number;
  readonly projects?: number;
  readonly teamsPerProject?: number;
  /** Git repositories; those of wikis come on top. */
  readonly repositoriesPerProject?: number;
  /** How deep groups are nested in groups. */
  readonly nesting?: number;
  /** Agent pools of the organization, those of the service among them. */
  readonly pools?: number;
  readonly endpointsPerProject?: number;
  readonly variableGroupsPerProject?: number;
  readonly secureFilesPerProject?: number;
  readonly environmentsPerProject?: number;
  /** Feeds of the organization and of its projects together. */
  readonly feeds?: number;
  readonly seed?: number;
  /** Another order at each reading. */
  readonly shuffle?: boolean;
  readonly beliefs?: Partial<Beliefs>;
  readonly organization?: string;
  /** `host:port`; port 0 takes a free one. */
  readonly listen?: string;
  /** `path`: each service host is a path prefix of its own; `single`: every area on the organization's base. */
  readonly hostStyle?: "path" | "single";
  /** Azure DevOps Services, or Azure DevOps Server, where every area is on the one base (facts 1.7). */
  readonly deployment?: "hosted" | "onPremises";
  /** Language of what people read, such as the titles of permissions; names of actions never change. */
  readonly language?: Language;
  /**
   * Backed by Entra; else people have Microsoft accounts, or on a server Windows ones. True unless on a server.
   * Options start its token endpoints and Microsoft Graph besides.
   */
  readonly entra?: boolean | EntraOptions;
  /**
   * The policy that limits whom people see is on, and the caller is in Project-Scoped Users: listings hold one
   * project's people and groups alone, without an error (facts 3.3, 9.3).
   */
  readonly limitedVisibility?: boolean;
  readonly tokens?: readonly TokenOptions[];
  /** Whether whoever the tokens belong to may change anything; every write is refused otherwise. True by default. */
  readonly callerMayChange?: boolean;
  /** Whether people from outside the directory may be invited; they are refused otherwise. True by default. */
  readonly invitations?: boolean;
  /** Seats of levels that are bought; without a number as many as are wanted. */
  readonly seats?: Seats;
  /** How many reads after a write still see what was before it; none by default. */
  readonly readLag?: ReadLag;
  readonly pageSizes?: Partial<PageSizes>;
  readonly onRequest?: RequestHook;
  /** What goes wrong, and when; none by default. */
  readonly faults?: readonly FaultRule[];
  /** Limits the requests of each credential; off by default. */
  readonly throttle?: ThrottleOptions;
}

/** How much is seeded of what people make. */
export interface Sizes {
  readonly users: number;
  readonly groups: number;
  readonly projects: number;
  readonly teamsPerProject: number;
  readonly repositoriesPerProject: number;
  readonly nesting: number;
  readonly pools: number;
  readonly endpointsPerProject: number;
  readonly variableGroupsPerProject: number;
  readonly secureFilesPerProject: number;
  readonly environmentsPerProject: number;
  readonly feeds: number;
}

/** The options with every default filled in. */
export interface Settings extends Sizes {
  readonly seed: number;
  readonly shuffle: boolean;
  readonly beliefs: Beliefs;
  readonly organization: string;
  readonly host: string;
  readonly port: number;
  readonly hostStyle: "path" | "single";
  readonly deployment: "hosted" | "onPremises";
  readonly language: Language;
  readonly entra: boolean;
  /** Undefined when no token endpoints are wanted. */
  readonly entraSettings: EntraSettings | undefined;
  readonly limitedVisibility: boolean;
  readonly tokens: readonly TokenOptions[];
  readonly callerMayChange: boolean;
  readonly invitations: boolean;
  readonly seats: Seats;
  readonly readLag: ReadLag;
  readonly pageSizes: PageSizes;
  readonly onRequest: RequestHook | undefined;
  readonly faults: readonly FaultRule[];
  readonly throttle: ThrottleOptions | undefined;
}

const perProject = {
  teamsPerProject: 3,
  endpointsPerProject: 3,
  variableGroupsPerProject: 3,
  secureFilesPerProject: 1,
  environmentsPerProject: 2,
};

const presets: Record<Preset, Sizes> = {
  small: {
    ...perProject,
    users: 400,
    groups: 60,
    projects: 25,
    repositoriesPerProject: 4,
    nesting: 4,
    pools: 8,
    feeds: 10,
  },
  medium: {
    ...perProject,
    users: 5_000,
    groups: 1_500,
    projects: 300,
    repositoriesPerProject: 10,
    nesting: 6,
    pools: 12,
    feeds: 60,
  },
  large: {
    ...perProject,
    users: 100_000,
    groups: 20_000,
    projects: 3_000,
    repositoriesPerProject: 10,
    nesting: 8,
    pools: 40,
    feeds: 600,
  },
};

const pageSizes: PageSizes = { graph: 500, entitlements: 100, projects: 100, teams: 100, pipelines: 100, tokens: 20 };

function parseListen(listen: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(listen) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535)
    throw new TypeError(`listen must be host:port, not ${JSON.stringify(listen)}`);
  return { host, port };
}

function checkSizes(sizes: Sizes): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, not ${value}`);
  }
  if (sizes.users < 10 || sizes.projects < 1 || sizes.teamsPerProject < 1) {
    throw new RangeError("an organization has at least 10 users, a project and a team in each project");
  }
}

/** Refuses what no server has. */
function checkServer({ deployment, entra, hostStyle, limitedVisibility }: EmulatorOptions): void {
  if (deployment !== "onPremises") return;
  if (entra) throw new RangeError("a server is not backed by Entra: leave entra out");
  if (hostStyle === "path") throw new RangeError('a server has every area on one base: leave hostStyle "path" out');
  if (limitedVisibility) throw new RangeError("visibility can be limited in Azure DevOps Services alone");
}

/** Fills every default once, so that nothing behind this needs one. */
export function resolveOptions(options: EmulatorOptions): Settings {
  const preset = presets[options.preset ?? "small"];
  const sizes: Sizes = {
    users: options.users ?? preset.users,
    groups: options.groups ?? preset.groups,
    projects: options.projects ?? preset.projects,
    teamsPerProject: options.teamsPerProject ?? preset.teamsPerProject,
    repositoriesPerProject: options.repositoriesPerProject ?? preset.repositoriesPerProject,
    nesting: options.nesting ?? preset.nesting,
    pools: options.pools ?? preset.pools,
    endpointsPerProject: options.endpointsPerProject ?? preset.endpointsPerProject,
    variableGroupsPerProject: options.variableGroupsPerProject ?? preset.variableGroupsPerProject,
    secureFilesPerProject: options.secureFilesPerProject ?? preset.secureFilesPerProject,
    environmentsPerProject: options.environmentsPerProject ?? preset.environmentsPerProject,
    feeds: options.feeds ?? preset.feeds,
  };
  checkSizes(sizes);
  checkServer(options);
  const deployment = options.deployment ?? "hosted";
  return {
    ...sizes,
    ...parseListen(options.listen ?? "127.0.0.1:0"),
    seed: options.seed ?? 1,
    shuffle: options.shuffle ?? false,
    beliefs: { ...defaultBeliefs, ...options.beliefs },
    organization: options.organization ?? "fabrikam",
    hostStyle: options.hostStyle ?? (deployment === "hosted" ? "path" : "single"),
    deployment,
    language: options.language ?? "en",
    entra: typeof options.entra === "object" || (options.entra ?? deployment === "hosted"),
    entraSettings: typeof options.entra === "object" ? resolveEntraOptions(options.entra) : undefined,
    limitedVisibility: options.limitedVisibility ?? false,
    tokens: options.tokens ?? [],
    callerMayChange: options.callerMayChange ?? true,
    invitations: options.invitations ?? true,
    seats: options.seats ?? {},
    readLag: options.readLag ?? {},
    pageSizes: { ...pageSizes, ...options.pageSizes },
    onRequest: options.onRequest,
    faults: options.faults ?? [],
    throttle: options.throttle,
  };
}
