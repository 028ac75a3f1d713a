import { loadConnectorConfig } from "../config/load.ts";
import { misused } from "../config/misuse.ts";
import { loadSettings } from "../config/settings.ts";
import type { ExplainAnswer, ExplainedAccess } from "../resources/explain.ts";
import { createLog } from "../telemetry/log.ts";
import { createConnector } from "./connector.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";
import { interruption } from "./signals.ts";
import { textTable } from "./table.ts";

/** Says who holds a permission and through what, or why somebody does not; 1 when the one asked for does not hold it. */
export async function run({ flags, env, words }: Invocation): Promise<number> {
  const [who = "", resource = "", action = ""] = words;
  const settings = loadSettings({ ...flags, "log-level": flags["log-level"] ?? "error" }, env);
  const config = loadConnectorConfig(settings);
  if (config.permissionDetail === "roles")
    throw misused(["--permission-detail roles reads no permissions: leave it out"]);
  const log = createLog(config.logLevel);
  const app = createConnector({ ...config, syncOrganizations: true }, log);
  // What else is being read when the answer is an error is not waited for.
  const ended = new AbortController();
  const branch = typeof flags.branch === "string" ? flags.branch : undefined;
  try {
    const call = {
      signal: AbortSignal.any([interruption(), ended.signal]),
      deadlineMs: Number.POSITIVE_INFINITY,
      lane: "read",
      log,
      upstream: { requests: 0 },
    } as const;
    const answer = await app.explain({ who, resource, action, branch }, call);
    await print(flags.format === "json" ? `${JSON.stringify(answer, null, 2)}\n` : explanationText(answer));
    return who === "everyone" || answer.answers.every(({ held }) => held) ? 0 : 1;
  } finally {
    ended.abort();
    await app.close();
  }
}

/** The answer for people, a line for each who was asked about. */
export function explanationText({ action, displayName, tier, resource, token, answers }: ExplainAnswer): string {
  const rows = answers.map((answer) => [answer.who, answer.held ? "yes" : "no", reasonOf(answer)]);
  const head = `${displayName} (${action}, ${tier}) on ${resource}\ntoken ${token}\n`;
  if (rows.length === 0) return `${head}\nnobody holds it\n`;
  return `${head}\n${textTable([["who", "holds it", "because"], ...rows])}\n`;
}

function reasonOf({ because, decidedAt, entries }: ExplainedAccess): string {
  const ways = entries.map(({ through, effect }) => `${effect} to ${through.join(" > ")}`).join("; ");
  switch (because) {
    case "allowed":
      return `${ways} at ${decidedAt}`;
    case "denied":
      return `${ways} at ${decidedAt}`;
    case "access-level":
      return `allowed at ${decidedAt} (${ways}), but the access level Stakeholder reaches no code of a private project`;
    case "project-not-visible":
      return "the project is not visible to them: View project-level information is denied or not set";
    case "not-set":
      return "no entry for them or for a group of theirs, here or above";
  }
}
