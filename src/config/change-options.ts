import { accessLevelIds, guardedKinds } from "../connector/changes.ts";
import { type CallerRight, callerRights } from "../provisioning/caller-rights.ts";
import { type OptionRow, row, type Value } from "./row.ts";

/** Options of changes: how they are made, and what guards them. */

export const dryRunOption = row("dry-run", {
  kind: "flag",
  default: "false",
  help: "answer orders for changes as if they were made, and write nothing; the answer and the record say so",
});

export const changeLogOption = row("change-log", {
  kind: "file",
  help: "a file that gets a record of every change, one JSON object a line, each with the hash of the one before; without it records are in the log alone",
});

export const minAdminsOption = row("min-admins", {
  kind: "number",
  default: "2",
  min: 0,
  max: 1000,
  help: "so many enabled people stay administrators of the organization and of each project, counted through nesting",
});

export const tierZeroToOption = row("tier-zero-to", {
  kind: "list",
  choices: guardedKinds,
  help: "who besides people may be given what lets them take every other right; nobody else may by default",
});

export const removeDeniesOption = row("remove-denies", {
  kind: "flag",
  default: "false",
  help: "let a Grant take away an explicit deny of the permission that it gives; without it such a Grant is refused",
});

export const accessLevelFloorOption = row("access-level-floor", {
  kind: "choice",
  choices: accessLevelIds,
  default: "stakeholder",
  help: "the access level that a Revoke of another one leaves, where it does not say what was there before",
});

export const maxRevokesPerHourOption = row("max-revokes-per-hour", {
  kind: "number",
  default: "200",
  min: 0,
  max: 1_000_000,
  help: "so many revokes are made within an hour; then they are refused until somebody runs acknowledge",
});

export const maxGroupShrinkOption = row("max-group-shrink", {
  kind: "percent",
  default: "50%",
  min: 0,
  max: 100,
  help: "how much of a group of ten members or more may be removed within an hour; then more is refused until somebody runs acknowledge",
});

export const callerRightsOption = row("caller-rights", {
  kind: "list",
  check: checkRights,
  help: `what each caller may ask for, as NAME=RIGHT with commas, by the name of its certificate or token; rights are ${callerRights.join(", ")}; who is not named may only read, once anybody is`,
});

export const entraGroupsOption = row("entra-groups", {
  kind: "choice",
  choices: ["accept", "refuse", "manage"],
  default: "accept",
  help: "changes of groups whose members Microsoft Entra keeps: accept answers success and changes nothing, and says so; refuse, which is recommended; manage changes them by Microsoft Graph",
});

export const entraGroupIdsOption = row("entra-group-ids", {
  kind: "list",
  check: checkObjectIds,
  help: "object ids of the groups in Microsoft Entra that --entra-groups manage may change, with commas; no others are",
});

export const entraMembersOption = row("entra-members", {
  kind: "flag",
  default: "false",
  help: "tell who is in groups of Microsoft Entra as Entra has it, by Microsoft Graph (GroupMember.Read.All), those who never signed in to Azure DevOps too; without it as far as Azure DevOps tells",
});

export const microsoftGraphUrlOption = row("microsoft-graph-url", {
  kind: "text",
  default: "https://graph.microsoft.com/v1.0",
  check: checkGraphUrl,
  help: "Microsoft Graph with its version, for --entra-groups manage and --entra-members; another one in a sovereign cloud",
});

export const changeOptions: readonly OptionRow[] = [
  dryRunOption,
  changeLogOption,
  minAdminsOption,
  tierZeroToOption,
  removeDeniesOption,
  accessLevelFloorOption,
  maxRevokesPerHourOption,
  maxGroupShrinkOption,
  callerRightsOption,
  entraGroupsOption,
  entraGroupIdsOption,
  entraMembersOption,
  microsoftGraphUrlOption,
];

/** The rights of a list of NAME=RIGHT; the name may hold any sign but the comma, the right follows the last =. */
export function readRights(items: readonly string[]): ReadonlyMap<string, CallerRight> {
  return new Map(items.flatMap((item) => readRight(item) ?? []));
}

function readRight(item: string): [[string, CallerRight]] | undefined {
  const at = item.lastIndexOf("=");
  const right = callerRights.find((each) => each === item.slice(at + 1).trim());
  const name = item.slice(0, Math.max(at, 0)).trim();
  return right === undefined || name === "" ? undefined : [[name, right]];
}

function checkRights(value: Value): string | undefined {
  const items = Array.isArray(value) ? value : [];
  const wrong = items.find((item) => readRight(String(item)) === undefined);
  return wrong === undefined ? undefined : `must be NAME=RIGHT with commas; rights are ${callerRights.join(", ")}`;
}

function checkObjectIds(value: Value): string | undefined {
  const items = Array.isArray(value) ? value : [];
  const isId = (item: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(item);
  return items.every(isId) ? undefined : "must be object ids such as 00000000-0000-0000-0000-000000000000, with commas";
}

function checkGraphUrl(value: Value): string | undefined {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url?.protocol === "https:" && !url.username && !url.password && !url.search && !url.hash) return undefined;
  return "must be a URL that begins with https://, without a name, a password or a query";
}
