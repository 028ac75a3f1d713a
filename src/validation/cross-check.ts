import type { AzureDevOpsClient } from "../azure-devops/client.ts";
import { canonicalDescriptor, isEntraGroup } from "../azure-devops/descriptors.ts";
import type { Repository } from "../azure-devops/git.ts";
import type { ReportRow } from "../azure-devops/permissions-report.ts";
import { type Call, sleep } from "../call.ts";
import { safeId } from "../connector/ids.ts";
import { ConnectorError } from "../errors.ts";
import type { Action, Actions } from "../permissions/actions.ts";
import type { SyncOptions } from "../resources/options.ts";
import type { EffectiveAccess, RightQuestion } from "../resources/permissions/effective-access.ts";
import { createReadings } from "../resources/readings/index.ts";
import { type Finding, failedBy, ok, warning } from "./finding.ts";

const check = "cross-check";

/** A report of a few repositories takes seconds; one that takes longer than this does not come any more. */
const reportPatienceMs = 10 * 60_000;
const pollMs = { first: 250, most: 5_000 };

interface Verdict {
  compared: number;
  readonly differences: string[];
  /** Differences that a membership of an Entra group would explain: of a large one, Azure DevOps tells a part. */
  throughEntra: number;
  readonly entraGroups: readonly string[];
}

/**
 * Holds who holds what, as this connector works it out, against what Azure DevOps itself says: of the token's owner by
 * the evaluation that a caller gets of itself, of everybody by its own report on permissions.
 */
export async function crossCheck(
  client: AzureDevOpsClient,
  sync: SyncOptions,
  repositories: number,
  call: Call,
): Promise<Finding> {
  try {
    const readings = createReadings(client, { ...sync, syncOrganizations: true, permissionDetail: "standard" });
    const [effective, { actions }, all, connection, groups] = await Promise.all([
      readings.permissions.effective(call),
      readings.permissions.index(call),
      readings.repositories.all(call),
      readings.access.connection(call),
      readings.groups.all(call),
    ]);
    const git = actions.find(({ namespace }) => namespace.covers === "repository");
    const sample = spread([...all.values()], repositories);
    if (!git || sample.length === 0) return ok(check, "there are no repositories to compare");
    const entraGroups = [...groups.keys()].filter(isEntraGroup);
    const verdict: Verdict = { compared: 0, differences: [], throughEntra: 0, entraGroups };
    const self = connection.authenticatedUser.subjectDescriptor;
    if (self) await compareSelf(client, effective, git, sample, safeId(canonicalDescriptor(self)), verdict, call);
    await compareReport(client, effective, git, sample, verdict, call);
    return findingOf(verdict, sample.length);
  } catch (error) {
    return failedBy(check, error);
  }
}

function findingOf({ compared, differences, throughEntra }: Verdict, repositories: number): Finding {
  const entra = throughEntra === 0 ? "" : ` (${throughEntra} through Entra groups, whose members it tells in part)`;
  const told = `${compared} permissions on ${repositories} repositories compared with what Azure DevOps says${entra}`;
  if (differences.length === 0) return ok(check, `${told}: all agree`);
  return warning(check, `${told}: ${differences.length} differ, such as ${differences.slice(0, 3).join("; ")}`, {
    disables: "trust in who is said to hold permissions in effect",
    remedy: "report the differences with the entries of their tokens; a list that changed meanwhile differs too",
  });
}

/** Some of all, evenly chosen, so that they are of many projects. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  const chosen: T[] = [];
  for (let at = 0; at < items.length && chosen.length < count; at += step) {
    chosen.push(...items.slice(Math.floor(at), Math.floor(at) + 1));
  }
  return chosen;
}

async function compareSelf(
  { security }: AzureDevOpsClient,
  effective: EffectiveAccess,
  git: Actions,
  sample: readonly Repository[],
  self: string,
  verdict: Verdict,
  call: Call,
): Promise<void> {
  const questions = sample.flatMap((repository) => git.known.map((action) => questionOf(git, action, repository)));
  const asked = questions.map(({ namespace, token, action }) => ({
    namespaceId: namespace.id,
    token,
    bits: action.bit,
  }));
  const answers = await security.evaluatePermissions(asked, call);
  questions.forEach((question, index) => {
    compare(verdict, effective, self, question, answers[index] === true);
  });
}

async function compareReport(
  { permissionsReport }: AzureDevOpsClient,
  effective: EffectiveAccess,
  git: Actions,
  sample: readonly Repository[],
  verdict: Verdict,
  call: Call,
): Promise<void> {
  const resources = sample.map(({ id, name, project }) => ({ type: "repo" as const, id: `${project.id}/${id}`, name }));
  const name = `azure-devops-connector-${Date.now()}`;
  const report = await permissionsReport.create({ name, descriptors: [], resources }, call);
  await untilComplete(permissionsReport, report, call);
  const byId = new Map(sample.map((repository) => [repository.id, repository]));
  const collector = () => ({
    add: (row: ReportRow) => compareRow(row, byId, sample, git, effective, verdict),
    result: () => undefined,
  });
  await permissionsReport.download(report, collector, call);
}

async function untilComplete(reports: AzureDevOpsClient["permissionsReport"], id: string, call: Call): Promise<void> {
  const endMs = Date.now() + reportPatienceMs;
  for (let waitMs = pollMs.first; ; waitMs = Math.min(waitMs * 2, pollMs.most)) {
    const { status, error } = await reports.get(id, call);
    if (status === "completedSuccessfully") return;
    const told = `the permissions report ended as ${status}${error ? `: ${error}` : ""}`;
    if (status === "completedWithErrors" || status === "deleted") throw new ConnectorError("refused", told);
    if (Date.now() > endMs)
      throw new ConnectorError("timeout", `${told} after ${reportPatienceMs / 60_000} minutes; try later`);
    await sleep(waitMs, call.signal);
  }
}

function compareRow(
  { descriptor, resource, permissions }: ReportRow,
  byId: ReadonlyMap<string, Repository>,
  sample: readonly Repository[],
  git: Actions,
  effective: EffectiveAccess,
  verdict: Verdict,
): void {
  const id = resource?.resourceId?.split("/").at(-1)?.toLowerCase() ?? "";
  const repository = byId.get(id) ?? (sample.length === 1 ? sample[0] : undefined);
  if (!repository) return;
  for (const { permissionName, effectivePermission } of permissions) {
    const action = git.known.find(({ name, displayName }) => [name, displayName].includes(permissionName));
    if (!action) continue;
    const held = /^allow/i.test(effectivePermission);
    compare(verdict, effective, safeId(canonicalDescriptor(descriptor)), questionOf(git, action, repository), held);
  }
}

/** Reports and evaluations follow the lists alone: neither licences nor what administrators are spared. */
function compare(
  verdict: Verdict,
  effective: EffectiveAccess,
  subjectId: string,
  question: RightQuestion,
  held: boolean,
): void {
  verdict.compared += 1;
  if (effective.byLists(subjectId, question).held === held) return;
  const wanted = held ? "allowed" : "denied";
  if (verdict.entraGroups.some((group) => effective.byLists(group, question).because === wanted)) {
    verdict.throughEntra += 1;
    return;
  }
  verdict.differences.push(
    `${question.action.slug} of ${subjectId} at ${question.token}: Azure DevOps says ${held ? "yes" : "no"}`,
  );
}

function questionOf({ namespace }: Actions, action: Action, { id, project }: Repository): RightQuestion {
  const token = namespace.ownToken({ type: "repository", id, projectId: project.id }) ?? "";
  return { namespace, action, token, projectId: project.id };
}
