import { isEntraGroup } from "../azure-devops/descriptors.ts";
import type { Call } from "../call.ts";
import type { ManifestFacts, ManifestNote } from "../connector/manifest.ts";
import { optionalTypes, roleTypes } from "./options.ts";
import type { Unplaced } from "./permissions/place-index.ts";
import { explanations, type OptionalReading } from "./readings/access.ts";
import type { Readings } from "./readings/index.ts";

/** What a sync of some types read, and what it could not; everything is known already when a sync ends. */
export async function manifestFacts(readings: Readings, types: readonly string[], call: Call): Promise<ManifestFacts> {
  const { access, client, options } = readings;
  const { instanceId } = await access.connection(call);
  const { name, url } = client.connection.organization;
  const told = new Set(types);
  const asksPermissions =
    options.permissionDetail !== "roles" && ["organization", "project", "repository"].some((type) => told.has(type));
  const asksRoles = roleTypes.some((type) => told.has(type));
  const unplaced = [
    ...(asksPermissions ? (await readings.permissions.index(call)).unplaced : []),
    ...(asksRoles ? await readings.roles.unplaced(call) : []),
  ];
  return {
    organization: { id: instanceId.toLowerCase(), name, url: url.href },
    options: Object.fromEntries(Object.entries(options).map(([key, value]) => [key, String(value)])),
    totals: await totalsOf(readings, told, call),
    gaps: [
      ...(await absences(readings, call)),
      ...notFound(readings),
      ...unreadable(unplaced),
      ...dangerousAbove(unplaced),
    ],
    limits: [
      ...(asksPermissions ? await permissionLimits(readings, call) : []),
      ...staleLists(unplaced),
      ...(told.has("group") ? await entraLimit(readings, call) : []),
      ...optionLimits(readings),
    ],
  };
}

async function absences({ access }: Readings, call: Call): Promise<ManifestNote[]> {
  const notes: ManifestNote[] = [];
  for (const reading of Object.keys(explanations) as OptionalReading[]) {
    const absence = await access.knownAbsence(reading, call);
    if (absence) notes.push({ what: absence.consequence, why: absence.cause, remedy: absence.remedy });
  }
  return notes;
}

function notFound({ vanished }: Readings): ManifestNote[] {
  return vanished.counts().map(([kind, count]) => ({
    what: `${kind}, and that were not found then`,
    why: "they were deleted while this sync read them, or the token's owner may not see them",
    remedy: "sync again; if they are still there, give the token's owner the right to see them",
    count,
  }));
}

/** Organization-wide rights act on every project: who holds one by an entry of their own is missing without the organization. */
function dangerousAbove(unplaced: readonly Unplaced[]): ManifestNote[] {
  const above = unplaced.filter(({ reason }) => reason === "organization-not-listed");
  const count = above.reduce((sum, { entries }) => sum + entries, 0);
  if (count === 0) return [];
  const namespaces = [...new Set(above.filter(({ entries }) => entries > 0).map(({ namespace }) => namespace))];
  return [
    {
      what: `entries on the organization that allow what can do harm in every project, of ${namespaces.join(", ")}`,
      why: "they are told of the organization, which is not listed",
      remedy: "list it with --sync-organizations",
      count,
    },
  ];
}

function unreadable(unplaced: readonly Unplaced[]): ManifestNote[] {
  const lists = unplaced.filter(({ reason }) => reason === "unreadable-token");
  return countsByNamespace(lists).map(([namespace, count]) => ({
    what: `access control lists of ${namespace} whose tokens cannot be read, so that nobody knows what they are about`,
    why: "a token of another shape than documented, or of an area or iteration whose project cannot be told",
    remedy: "look at them with the security namespace's own tools, and report their shape",
    count,
  }));
}

async function permissionLimits({ permissions, options }: Readings, call: Call): Promise<ManifestNote[]> {
  const { ungoverned } = await permissions.index(call);
  return [
    {
      what: `security namespaces that are not told as permissions: ${ungoverned.join(", ")}`,
      why: "they are internal to Azure DevOps, deprecated, or told as roles",
      remedy: "",
      count: ungoverned.length,
    },
    ...(options.syncOrganizations
      ? []
      : [
          {
            what: "permissions on the organization itself",
            why: "organizations are not listed",
            remedy: "list them with --sync-organizations",
          },
        ]),
  ];
}

function staleLists(unplaced: readonly Unplaced[]): ManifestNote[] {
  const stale = unplaced.filter(({ reason }) => reason === "no-such-resource");
  return countsByNamespace(stale).map(([namespace, count]) => ({
    what: `access control lists of ${namespace} for what no listing has`,
    why: "what they were for was deleted, or the token's owner may not see it",
    remedy: "",
    count,
  }));
}

function countsByNamespace(lists: readonly Unplaced[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { namespace } of lists) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return [...counts];
}

async function entraLimit({ groups, options }: Readings, call: Call): Promise<ManifestNote[]> {
  if (options.entraMembers) return [];
  const count = [...(await groups.all(call)).values()].filter(({ descriptor }) => isEntraGroup(descriptor)).length;
  if (count === 0) return [];
  return [
    {
      what: "members of Entra groups who have not signed in here yet",
      why: "Azure DevOps knows them only once they have; the groups say membership: partial or unknown",
      remedy: "read them from Microsoft Graph (--entra-members), or by Microsoft Entra's own connector beside this one",
      count,
    },
  ];
}

function optionLimits({ options }: Readings): ManifestNote[] {
  const { personalAccessTokens } = options;
  const left: string[] = optionalTypes.filter((type) => !options.optionalTypes.includes(type));
  if (personalAccessTokens === "off") left.push("personal-access-token");
  const notes: ManifestNote[] = [];
  if (left.length > 0) {
    notes.push({
      what: `resources of the types ${left.join(", ")}`,
      why: "switched off",
      remedy: "",
      count: left.length,
    });
  }
  if (personalAccessTokens === "privileged") {
    notes.push({
      what: "personal access tokens and SSH keys of people who are in no group of administrators",
      why: "left out by --personal-access-tokens privileged",
      remedy: "list those of everybody with --personal-access-tokens all",
    });
  }
  if (options.permissionDetail === "roles") {
    notes.push({
      what: "permissions of projects and repositories",
      why: "left out by --permission-detail roles",
      remedy: "ask for the detail standard or all",
    });
  }
  return notes;
}

/** Only of what was read: a total is no reason to read a listing. */
async function totalsOf(readings: Readings, told: ReadonlySet<string>, call: Call): Promise<Map<string, number>> {
  const { projects, repositories, groups, subjects, options } = readings;
  const totals = new Map<string, number>();
  if (told.has("project")) totals.set("project", (await projects.projects(call)).length);
  if (told.has("repository")) totals.set("repository", (await repositories.all(call)).size);
  if (told.has("group")) {
    const teams = options.syncTeams ? await projects.teams(call) : undefined;
    const isTeam = (key: string | null | undefined) => teams?.has(key?.toLowerCase() ?? "") ?? false;
    totals.set("group", [...(await groups.all(call)).values()].filter(({ originId }) => !isTeam(originId)).length);
  }
  for (const type of roleTypes) {
    if (told.has(type)) totals.set(type, (await readings.roles.objects(type, call)).size);
  }
  if (told.has("feed")) totals.set("feed", (await readings.feeds.all(call)).size);
  if (told.has("access-level")) totals.set("access-level", (await readings.accessLevels.all(call)).size);
  if (told.has("personal-access-token")) totals.set("personal-access-token", (await readings.tokens.all(call)).length);
  if (told.has("team")) totals.set("team", (await projects.teams(call)).size);
  if (told.has("user")) {
    totals.set("user", [...(await subjects.all(call)).values()].filter(({ kind }) => kind === "user").length);
  }
  return totals;
}
