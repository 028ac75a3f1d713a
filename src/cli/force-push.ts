import type { App } from "../app.ts";
import type { ExplainAnswer, ExplainedAccess } from "../resources/explain.ts";
import type { Log } from "../telemetry/log.ts";
import { explanationText } from "./explain.ts";
import type { createToldHolders, ToldHolders } from "./told-holders.ts";

export const forcePush = "git.force_push";

/** So many lines are shown of those who hold it, and so many of those who do not. */
const [shownHolders, shownOthers] = [5, 2];

/** Who can force-push to one repository and through what, and whether the rows of the sync say the same. */
export async function tellForcePushers(
  app: Pick<App, "explain">,
  told: ReturnType<typeof createToldHolders>,
  log: Log,
): Promise<string> {
  const repository = told.telling();
  if (!repository) return "No repository is listed, so nobody can force-push.";
  const holders = told.of(repository);
  const idOf = (ref: string) => ref.slice(ref.indexOf(":") + 1);
  const everybody = new Set([...holders.own, ...holders.inherited, ...holders.inPinnedGroups]);
  const call = {
    signal: new AbortController().signal,
    deadlineMs: Number.POSITIVE_INFINITY,
    lane: "read",
    log,
    upstream: { requests: 0 },
  } as const;
  const resource = `${repository.project}/${repository.id}`;
  const request = { who: "everyone", resource, branch: undefined, action: forcePush };
  const answer = await app.explain({ ...request, besides: [...everybody].map(idOf) }, call);
  const yes = answer.answers.filter(({ held }) => held);
  const no = answer.answers.filter(({ held }) => !held).sort((a, b) => rank(a) - rank(b));
  const shown = { ...answer, answers: [...yes.slice(0, shownHolders), ...no.slice(0, shownOthers)] };
  const differences = compareWithRows(answer, holders);
  const verdict =
    differences.length === 0
      ? `${yes.length} hold it; the sync's rows, expanded: matches explain`
      : `the sync's rows differ from explain: ${differences.slice(0, 3).join("; ")}`;
  const left = answer.answers.length - shown.answers.length;
  return `${repository.name}\n${explanationText(shown).trimEnd()}\n${left > 0 ? `and ${left} more\n` : ""}${verdict}`;
}

/** Denies first: they tell most. */
function rank({ because }: ExplainedAccess): number {
  return because === "denied" ? 0 : 1;
}

/**
 * Where rows and explanations differ. A licence or a project's visibility takes rights away that entries give, and rows
 * say what entries say; what is inherited is told on the project, and a deny of the repository's own may take it.
 */
export function compareWithRows({ answers }: ExplainAnswer, { own, inherited }: ToldHolders): string[] {
  const ids = (refs: ReadonlySet<string>) => new Set([...refs].map((ref) => ref.slice(ref.indexOf(":") + 1)));
  const [ownIds, inheritedIds] = [ids(own), ids(inherited)];
  return answers.flatMap(({ because, held, principal, who }) => {
    if (held) return ownIds.has(principal) || inheritedIds.has(principal) ? [] : [`no row tells of ${who}`];
    if (because === "access-level" || because === "project-not-visible") return [];
    if (ownIds.has(principal)) return [`a row tells of ${who}, who does not hold it`];
    return because === "not-set" && inheritedIds.has(principal) ? [`${who} inherits nothing`] : [];
  });
}
