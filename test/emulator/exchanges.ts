import type { Emulator, Subject } from "../../src/emulator/index.ts";
import { descriptorOf, subjectAt } from "../../src/emulator/index.ts";
import { gitExchanges, reportExchanges } from "./code-exchanges.ts";
import { entitlementExchanges } from "./entitlement-exchanges.ts";
import type { Area } from "./openapi.ts";
import { wholePath } from "./openapi.ts";
import { feedExchanges, roleExchanges } from "./role-exchanges.ts";

export interface Exchange {
  readonly area: Area;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below `_apis/`, or below the organization, as the document has it; parameters may have other names here. */
  readonly path: string;
  /** Path that is served where the document leaves out that a part of its own may be missing. */
  readonly served?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Of the body, when it is no plain JSON. */
  readonly contentType?: string;
  readonly version: string;
}

const preview = "7.1-preview.1";

function samples(emulator: Emulator) {
  const { state } = emulator;
  const at = (indexes: readonly number[], position: number) => subjectAt(state, indexes[position] ?? -1);
  const project = state.projects[0];
  const team = state.teams[0];
  const group = state.subjects.find((subject) => subject.group?.kind === "made" && subject.group.members.length > 2);
  const entra = state.subjects.find((subject) => subject.group?.kind === "entra");
  const stray = state.subjects.find((subject) => subject.known === "nowhere");
  if (!project || !team || !group || !entra || !stray) throw new Error("the seed lacks a sample");
  return {
    user: at(state.users, 3),
    servicePrincipal: at(state.servicePrincipals, 0),
    project,
    team,
    group,
    entra,
    stray,
  };
}

function graphExchanges(emulator: Emulator): readonly Exchange[] {
  const { entra, group, project, servicePrincipal, stray, user } = samples(emulator);
  const get = (path: string, extra: Partial<Exchange> = {}): Exchange => {
    return { area: "graph", method: "GET", path: `graph/${path}`, version: preview, ...extra };
  };
  const of = (name: string, subject: Subject) => ({ params: { [name]: descriptorOf(subject) } });
  const member = emulator.state.subjects[group.group?.members[0] ?? -1] ?? user;
  const pair = { subjectDescriptor: descriptorOf(member), containerDescriptor: descriptorOf(group) };
  const scopeDescriptor = `scp.${Buffer.from(project.scopeId).toString("base64url")}`;
  const lookupKeys = [user, group, entra, servicePrincipal, stray].map((each) => ({ descriptor: descriptorOf(each) }));
  return [
    get("users"),
    get("users", { query: { subjectTypes: "aad,svc" } }),
    get("users/{userDescriptor}", of("userDescriptor", user)),
    get("groups"),
    get("groups", { query: { scopeDescriptor } }),
    get("groups/{groupDescriptor}", of("groupDescriptor", group)),
    get("groups/{groupDescriptor}", of("groupDescriptor", entra)),
    get("serviceprincipals"),
    get("serviceprincipals/{servicePrincipalDescriptor}", of("servicePrincipalDescriptor", servicePrincipal)),
    get("Memberships/{subjectDescriptor}", {
      ...of("subjectDescriptor", user),
      query: { direction: "up", depth: "1" },
    }),
    get("Memberships/{subjectDescriptor}", { ...of("subjectDescriptor", group), query: { direction: "down" } }),
    get("memberships/{subjectDescriptor}/{containerDescriptor}", { params: pair }),
    get("membershipstates/{subjectDescriptor}", of("subjectDescriptor", user)),
    get("descriptors/{storageKey}", { params: { storageKey: user.storageKey }, version: "7.1" }),
    get("descriptors/{storageKey}", { params: { storageKey: project.id }, version: "7.1" }),
    get("storagekeys/{subjectDescriptor}", { ...of("subjectDescriptor", group), version: "7.1" }),
    { area: "graph", method: "POST", path: "graph/subjectlookup", body: { lookupKeys }, version: preview },
    {
      area: "graph",
      method: "POST",
      path: "graph/subjectquery",
      body: { query: user.displayName.slice(0, 3), subjectKind: ["User", "Group"] },
      version: preview,
    },
  ];
}

function identityExchanges(emulator: Emulator): readonly Exchange[] {
  const { group, stray, user } = samples(emulator);
  const get = (query: Readonly<Record<string, string>>): Exchange => {
    return { area: "ims", method: "GET", path: "identities", query, version: "7.1" };
  };
  return [
    get({ identityIds: [user.storageKey, stray.storageKey].join(","), queryMembership: "Direct" }),
    get({ descriptors: [user.identity, group.identity].join(",") }),
    get({ subjectDescriptors: descriptorOf(group), queryMembership: "expandedDown" }),
    get({ searchFilter: "General", filterValue: user.principalName, queryMembership: "None" }),
  ];
}

function coreExchanges(emulator: Emulator): readonly Exchange[] {
  const { project, team } = samples(emulator);
  const params = { projectId: project.id, teamId: team.id };
  const get = (path: string, version = "7.1", query: Readonly<Record<string, string>> = {}): Exchange => {
    return { area: "core", method: "GET", path, params, query, version };
  };
  return [
    get("projects"),
    get("projects", "7.1", { stateFilter: "all", $top: "7", $skip: "2", continuationToken: "3" }),
    get("projects/{projectId}", "7.1", { includeCapabilities: "true" }),
    get("projects/{projectId}/properties", preview),
    get("projects/{projectId}/properties", preview, { keys: "System.CurrentProcessTemplateId,*SourceControl*" }),
    get("teams", "7.1-preview.3", { $top: "20", $skip: "1", $expandIdentity: "true", $mine: "false" }),
    get("projects/{projectId}/teams"),
    get("projects/{projectId}/teams/{teamId}", "7.1", { $expandIdentity: "true" }),
    get("projects/{projectId}/teams/{teamId}/members", "7.1", { $top: "100", $skip: "0" }),
  ];
}

function securityExchanges(emulator: Emulator): readonly Exchange[] {
  const { project, user } = samples(emulator);
  const params = { securityNamespaceId: "5a27515b-ccd7-42c9-84f1-54c998f03866" };
  const lists = (query: Readonly<Record<string, string>>): Exchange => {
    return {
      area: "security",
      method: "GET",
      path: "accesscontrollists/{securityNamespaceId}",
      params,
      query,
      version: "7.1",
    };
  };
  return [
    { area: "security", method: "GET", path: "securitynamespaces/{securityNamespaceId}", params, version: "7.1" },
    {
      area: "security",
      method: "GET",
      path: "permissions/{securityNamespaceId}/{permissions}",
      params: { ...params, permissions: "8" },
      query: { tokens: `${project.id}|elsewhere`, alwaysAllowAdministrators: "False", delimiter: "|" },
      version: "7.1",
    },
    {
      area: "security",
      method: "POST",
      path: "security/permissionevaluationbatch",
      body: {
        alwaysallowadministrators: false,
        evaluations: [{ securitynamespaceid: params.securityNamespaceId, token: project.id, permissions: 8 }],
      },
      version: "7.1",
    },
    lists({}),
    lists({ token: project.id }),
    lists({ token: project.id, recurse: "true", includeExtendedInfo: "false" }),
    lists({ token: project.id, includeExtendedInfo: "true" }),
    lists({ token: project.id, descriptors: user.identity, includeExtendedInfo: "true" }),
  ];
}

/** Tokens of one person in pages and as a whole, keys, and organizations of the owner. */
function tokenExchanges(emulator: Emulator): readonly Exchange[] {
  const { owner, tokens } = emulator.state;
  const holder = Map.groupBy(tokens, (token) => token.owner);
  const [most = owner] = [...holder].sort(([, one], [, other]) => other.length - one.length).map(([index]) => index);
  const params = { subjectDescriptor: descriptorOf(subjectAt(emulator.state, most)) };
  const path = "tokenadmin/personalaccesstokens/{subjectDescriptor}";
  const get = (query: Readonly<Record<string, string>>): Exchange => {
    return { area: "tokenAdmin", method: "GET", path, params, query, version: "7.1" };
  };
  const id = subjectAt(emulator.state, owner).storageKey;
  const accounts = { area: "account", method: "GET", path: "accounts", version: "7.1" } as const;
  return [
    get({ pageSize: "20" }),
    get({}),
    get({ isPublic: "true" }),
    { ...accounts, query: { ownerId: id } },
    { ...accounts, query: { memberId: id } },
  ];
}

/** One request of each kind to every documented route. */
export function exchanges(emulator: Emulator): readonly Exchange[] {
  return [
    ...graphExchanges(emulator),
    ...identityExchanges(emulator),
    ...coreExchanges(emulator),
    ...entitlementExchanges(emulator, samples(emulator).user),
    ...securityExchanges(emulator),
    ...gitExchanges(emulator),
    ...roleExchanges(emulator),
    ...reportExchanges(emulator),
    ...feedExchanges(emulator),
    // Whoever is no administrator of the collection sees nobody's tokens.
    ...(emulator.state.callerProject === undefined ? tokenExchanges(emulator) : []),
  ];
}

const hosts: Readonly<Record<Area, string>> = {
  graph: "vssps/",
  ims: "vssps/",
  memberEntitlementManagement: "vsaex/",
  core: "",
  security: "",
  git: "",
  wit: "",
  permissionsReport: "",
  distributedTask: "",
  serviceEndpoint: "",
  securityRoles: "",
  artifacts: "feeds/",
  tokenAdmin: "vssps/",
  account: "app/",
};

/** The path that an exchange asks for. */
export function servedPath({ path, served = path }: Exchange): string {
  return wholePath(served);
}

/** Base URL of a service host; without one that of the organization itself. */
export function baseUrl(emulator: Emulator, host: "" | "vssps" | "vsaex" | "feeds"): string {
  const { origin, pathname } = new URL(emulator.url);
  return host === "" ? emulator.url : `${origin}/${host}${pathname}`;
}

/** Sends one exchange with the full token. */
export function send(emulator: Emulator, exchange: Exchange, path = servedPath(exchange)): Promise<Response> {
  const { origin, pathname } = new URL(emulator.url);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(exchange.params?.[name] ?? ""));
  const query = new URLSearchParams({ ...exchange.query, "api-version": exchange.version });
  const headers = {
    Authorization: `Bearer ${emulator.token}`,
    "Content-Type": exchange.contentType ?? "application/json",
  };
  const body = exchange.body ? { body: JSON.stringify(exchange.body) } : {};
  const organization = exchange.area === "account" ? "" : `${pathname.slice(1)}/`;
  const url = `${origin}/${hosts[exchange.area]}${organization}${wholePath(filled)}?${query}`;
  return fetch(url, { method: exchange.method, headers, ...body });
}
