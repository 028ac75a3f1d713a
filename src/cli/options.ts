import { listenOption, type OptionRow } from "../config/options.ts";

/** Options that only the command line has. */

export const serverOption: OptionRow = {
  name: "server",
  env: [],
  kind: "address",
  help: "HOST:PORT of a running connector to sync through, by TLS off loopback; without it the sync runs in this process",
};

const file = (name: string, help: string): OptionRow => ({ name, env: [], kind: "file", help });

export const serverCaFileOption = file(
  "server-ca-file",
  "authorities, PEM, that sign the certificate of --server; TLS on loopback too",
);
export const serverTokenFileOption = file("server-token-file", "the bearer token that --server asks for");
export const serverCertFileOption = file("server-cert-file", "the client certificate that --server asks for, PEM");
export const serverKeyFileOption = file("server-key-file", "the private key of --server-cert-file, PEM");

export const serverClientOptions: readonly OptionRow[] = [
  serverOption,
  serverCaFileOption,
  serverTokenFileOption,
  serverCertFileOption,
  serverKeyFileOption,
];

/** For commands that are about a running connector: it is on this machine unless told otherwise. */
export const runningServerOptions: readonly OptionRow[] = [
  {
    ...serverOption,
    default: listenOption.default ?? "",
    help: "HOST:PORT of the running connector, by TLS off loopback",
  },
  ...serverClientOptions.slice(1),
];

export const outputOptions: readonly OptionRow[] = [
  {
    name: "format",
    env: [],
    kind: "choice",
    choices: ["table", "json", "ndjson", "csv"],
    default: "table",
    help: "counts as a table, everything as one JSON document or as JSON lines, or a CSV row a grant",
  },
  {
    name: "manifest",
    env: [],
    kind: "file",
    help: "write what was read, and what could not be, to this file as JSON",
  },
  {
    name: "require-complete",
    env: [],
    kind: "flag",
    help: "fail when something could not be read; what was left out by options or by nature is no gap",
  },
  { name: "out", env: [], kind: "file", help: "write to this file, whole or not at all, in place of standard output" },
];

export const crossCheckOption: OptionRow = {
  name: "cross-check",
  env: [],
  kind: "number",
  min: 1,
  max: 1000,
  help: "compare permissions on so many repositories with what Azure DevOps itself says of everybody; takes minutes",
};

export const branchOption: OptionRow = {
  name: "branch",
  env: [],
  kind: "text",
  help: "a branch of the repository, e.g. main or release/1; the repository itself without",
};

export const documentFormatOption: OptionRow = {
  name: "format",
  env: [],
  kind: "choice",
  choices: ["table", "json"],
  default: "table",
  help: "a table to read, or one JSON document",
};

export const showOption: OptionRow = {
  name: "show",
  env: [],
  kind: "flag",
  help: "show every option with its value, secrets masked, and the source of the value",
};

/** What `login` alone takes. */
export const signInOptions: readonly OptionRow[] = [
  {
    name: "device-code",
    env: [],
    kind: "flag",
    help: "sign in with a code that is entered on any device, in place of a browser on this machine",
  },
  {
    name: "for",
    env: [],
    kind: "choice",
    choices: ["read", "provisioning"],
    default: "read",
    help: "what consent is asked for: reading, or changes as well",
  },
  { name: "status", env: [], kind: "flag", help: "say who is signed in, and sign nobody in" },
];

export const emulateOptions: readonly OptionRow[] = [
  {
    name: "listen",
    env: [],
    kind: "address",
    default: "127.0.0.1:8080",
    help: "HOST:PORT of the emulated organization; loopback only",
  },
  {
    name: "preset",
    env: [],
    kind: "choice",
    choices: ["small", "medium", "large"],
    default: "small",
    help: "the organization's size, which the numbers below change",
  },
  { name: "users", env: [], kind: "number", help: "how many people" },
  {
    name: "groups",
    env: [],
    kind: "number",
    help: "how many groups that people made; default and team groups come on top",
  },
  { name: "projects", env: [], kind: "number", help: "how many projects" },
  { name: "teams-per-project", env: [], kind: "number", help: "how many teams a project" },
  { name: "repositories-per-project", env: [], kind: "number", help: "how many Git repositories a project" },
  { name: "pools", env: [], kind: "number", help: "how many agent pools, those of the service among them" },
  { name: "endpoints-per-project", env: [], kind: "number", help: "how many service connections a project makes" },
  { name: "variable-groups-per-project", env: [], kind: "number", help: "how many variable groups a project makes" },
  { name: "secure-files-per-project", env: [], kind: "number", help: "how many secure files a project" },
  { name: "environments-per-project", env: [], kind: "number", help: "how many environments a project" },
  { name: "feeds", env: [], kind: "number", help: "how many feeds, of the organization and of its projects" },
  { name: "nesting", env: [], kind: "number", help: "how deep groups are nested in groups" },
  { name: "seed", env: [], kind: "number", help: "another organization of the same size for each number" },
  { name: "shuffle", env: [], kind: "flag", help: "another order at each reading, since upstream promises none" },
  {
    name: "fault",
    env: [],
    kind: "text",
    repeatable: true,
    help: "what goes wrong, e.g. hang or kind=status,route=_apis/graph/*,nth=2,status=503; can be repeated",
  },
  {
    name: "deployment",
    env: [],
    kind: "choice",
    choices: ["hosted", "onPremises"],
    default: "hosted",
    help: "Azure DevOps Services or Azure DevOps Server",
  },
  {
    name: "language",
    env: [],
    kind: "choice",
    choices: ["en", "de"],
    default: "en",
    help: "language of what people read, such as the titles of permissions",
  },
  {
    name: "entra",
    env: [],
    kind: "flag",
    help: "the token endpoints of Entra besides; --no-entra for an organization that Entra does not back",
  },
  {
    name: "limited-visibility",
    env: [],
    kind: "flag",
    help: "the token's owner is in Project-Scoped Users and silently sees one project's people and groups alone",
  },
  {
    name: "throttle",
    env: [],
    kind: "number",
    help: "units that a credential has in each window; a request costs one",
  },
  {
    name: "throttle-window",
    env: [],
    kind: "duration",
    min: 1,
    help: "length of the window (default 5m, as upstream)",
  },
  {
    name: "throttle-refuse-by",
    env: [],
    kind: "choice",
    choices: ["429", "close", "timeout"],
    help: "how requests beyond twice the units are refused (default 429)",
  },
];
