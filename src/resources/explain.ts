import type { Call } from "../call.ts";
import { shorten } from "../connector/ids.ts";
import { ConnectorError } from "../errors.ts";
import type { Action, Actions } from "../permissions/actions.ts";
import type { TokenOwner } from "../permissions/own-tokens.ts";
import { refToken } from "../permissions/tokens.ts";
import { createNames, type Names } from "./names.ts";
import type { EffectiveAccess, Explanation, RightQuestion } from "./permissions/effective-access.ts";
import type { Readings } from "./readings/index.ts";

/** What to explain, in words of people: names, sign-in names, ids. */
export interface ExplainRequest {
  /** A person, a service or a group; `everyone` for all who hold it. */
  readonly who: string;
  /** `organization`, a project, or `project/repository`; by name or id. */
  readonly resource: string;
  /** A branch of the repository; the repository itself without one. */
  readonly branch: string | undefined;
  /** `git.force_push`, or upstream's name for it. */
  readonly action: string;
  /** Ids of others to tell of besides, whether they hold it or not. */
  readonly besides?: readonly string[];
}

export interface ExplainedAccess {
  readonly who: string;
  readonly principal: string;
  readonly held: boolean;
  readonly because: Explanation["because"];
  /** The token whose list decided; undefined where none says anything. */
  readonly decidedAt: string | undefined;
  /** The entries that decided, each with the memberships that lead to its holder. */
  readonly entries: readonly { readonly through: readonly string[]; readonly effect: "allow" | "deny" }[];
}

export interface ExplainAnswer {
  readonly resource: string;
  readonly action: string;
  readonly displayName: string;
  readonly tier: string;
  readonly token: string;
  readonly answers: readonly ExplainedAccess[];
}

/** Says who holds a right and through what, or why somebody does not. */
export async function explainAccess(readings: Readings, request: ExplainRequest, call: Call): Promise<ExplainAnswer> {
  // A misspelt name is told before all lists are read.
  const owner = await findOwner(readings, request, call);
  const [effective, index, names] = await Promise.all([
    readings.permissions.effective(call),
    readings.permissions.index(call),
    createNames(readings, call),
  ]);
  const { actions, action } = findAction(index.actions, owner, request.action);
  const question = questionOf(actions, action, owner, request.branch);
  const asked = request.who === "everyone" ? effective.holdersOf(question) : [names.find(request.who)];
  const subjects = new Set([...asked, ...(request.besides ?? [])]);
  return {
    resource: `${owner.type}:${owner.id}`,
    action: action.slug,
    displayName: action.displayName,
    tier: `T${action.tier}`,
    token: question.token,
    answers: [...subjects].map((subjectId) => explained(subjectId, question, effective, names)),
  };
}

function explained(
  subjectId: string,
  question: RightQuestion,
  effective: EffectiveAccess,
  names: Names,
): ExplainedAccess {
  const { held, because, list, paths } = effective.explain(subjectId, question);
  const effect = because === "denied" ? "deny" : "allow";
  return {
    who: names.of(subjectId),
    principal: subjectId,
    held,
    because,
    decidedAt: list?.token,
    entries: paths.map((path) => ({ through: path.map(names.of), effect })),
  };
}

async function findOwner(readings: Readings, { resource }: ExplainRequest, call: Call): Promise<TokenOwner> {
  if (resource === "organization") {
    return { type: "organization", id: (await readings.access.connection(call)).instanceId.toLowerCase() };
  }
  const [wantedProject = "", ...rest] = resource.split("/");
  const wantedRepository = rest.join("/").toLowerCase();
  const projects = await readings.projects.projects(call);
  const project = projects.find(({ id, name }) => [id, name.toLowerCase()].includes(wantedProject.toLowerCase()));
  if (!project) throw unknown("project", wantedProject, "give its name or id, as `sync` lists it");
  if (wantedRepository === "") return { type: "project", id: project.id, name: project.name };
  const repositories = [...(await readings.repositories.all(call)).values()];
  const repository = repositories.find(
    ({ id, name, project: of }) => of.id === project.id && [id, name.toLowerCase()].includes(wantedRepository),
  );
  if (!repository) throw unknown("repository", resource, "give PROJECT/REPOSITORY by name or id");
  return { type: "repository", id: repository.id, projectId: project.id };
}

function findAction(
  all: readonly Actions[],
  { type }: TokenOwner,
  wanted: string,
): { actions: Actions; action: Action } {
  const name = wanted.toLowerCase();
  for (const actions of all) {
    if (type === "repository" && actions.namespace.covers !== "repository") continue;
    const action = actions.known.find((known) => known.slug === name || known.name.toLowerCase() === name);
    if (action) return { actions, action };
  }
  const some = all.flatMap(({ known }) => known.map(({ slug }) => slug)).slice(0, 6);
  throw unknown(
    "action",
    wanted,
    `give one as the permission table of the documents has it, such as ${some.join(", ")}`,
  );
}

function questionOf(
  { namespace }: Actions,
  action: Action,
  owner: TokenOwner,
  branch: string | undefined,
): RightQuestion {
  const own = namespace.ownToken(owner);
  if (own === undefined)
    throw unknown("token", `${namespace.slug} on a ${owner.type}`, "ask for it on another resource");
  const isBranch = branch !== undefined && owner.type === "repository";
  const projectId = owner.type === "project" ? owner.id : owner.projectId;
  return { namespace, action, projectId, token: isBranch ? refToken(own, fullRef(branch)) : own };
}

function fullRef(branch: string): string {
  return branch.startsWith("refs/") ? branch : `refs/heads/${branch}`;
}

function unknown(what: string, text: string, remedy: string): ConnectorError {
  return new ConnectorError("invalid-request", `there is no ${what} ${shorten(text)}: ${remedy}`);
}
