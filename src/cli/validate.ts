import { styleText } from "node:util";
import { type ConnectorConfig, loadConnectorConfig } from "../config/load.ts";
import { loadSettings } from "../config/settings.ts";
import { createLog } from "../telemetry/log.ts";
import type { Finding, Outcome } from "../validation/finding.ts";
import { checkUrl } from "../validation/index.ts";
import { createConnector } from "./connector.ts";
import { print } from "./output.ts";
import type { Invocation } from "./program.ts";
import { interruption } from "./signals.ts";
import { dim } from "./table.ts";

/** A person at a terminal would rather know now, and try again by hand. */
const validationPatienceMs = 3_000;

/** Tells, check by check, whether the connector can work as it is configured; 1 when it cannot. */
export async function run({ flags, env }: Invocation): Promise<number> {
  const settings = loadSettings({ ...flags, "log-level": flags["log-level"] ?? "error" }, env);
  const config = loadConnectorConfig(settings);
  const url = checkUrl(config.organizationUrl);
  const crossCheck = Number(flags["cross-check"] ?? 0);
  const findings = url.outcome === "failed" ? [url] : checkOrganization(config, crossCheck);
  return report(findings, flags.format === "json");
}

async function* checkOrganization(config: ConnectorConfig, crossCheck: number): AsyncGenerator<Finding> {
  const log = createLog(config.logLevel);
  const app = createConnector(config, log, { validationPatienceMs, crossCheck });
  const signal = interruption();
  const deadlineMs = Number.POSITIVE_INFINITY;
  try {
    yield* app.validate({ signal, deadlineMs, lane: "read", log, upstream: { requests: 0 } });
  } finally {
    await app.close();
  }
}

async function report(source: AsyncIterable<Finding> | Iterable<Finding>, asJson: boolean): Promise<number> {
  const findings: Finding[] = [];
  for await (const finding of source) {
    findings.push(finding);
    if (!asJson) await print(lineOf(finding));
  }
  const valid = count(findings, "failed") === 0;
  if (asJson) await print(`${JSON.stringify({ valid, findings: findings.map(withoutError) }, null, 2)}\n`);
  else await print(`\n${summary(findings)}\n`);
  return valid ? 0 : 1;
}

const marks = {
  ok: ["ok", "green"],
  warning: ["warning", "yellow"],
  failed: ["FAILED", "red"],
  skipped: ["skipped", "gray"],
} as const;

/** The longest is `scope:vso.memberentitlementmanagement_write`. */
const checkWidth = 45;
const outcomeWidth = 9;
const indent = " ".repeat(checkWidth + outcomeWidth);

/** One row, shown as soon as it is known, with what is disabled and what to do below it. */
function lineOf({ check, outcome, detail, disables, remedy }: Finding): string {
  const [word, color] = marks[outcome];
  const mark = styleText(color, word.padEnd(outcomeWidth), { stream: process.stdout });
  const rows = [`${check.padEnd(checkWidth - 2)}  ${mark}${detail}`];
  if (disables && outcome !== "failed") rows.push(`${indent}${dim("disables:")} ${disables}`);
  if (remedy) rows.push(`${indent}${dim("do:")} ${remedy}`);
  return `${rows.join("\n")}\n`;
}

const count = (findings: readonly Finding[], outcome: Outcome) =>
  findings.filter((finding) => finding.outcome === outcome).length;

function summary(findings: readonly Finding[]): string {
  const [failed, warnings] = [count(findings, "failed"), count(findings, "warning")];
  const told = `${count(findings, "ok")} ok, ${warnings} warnings, ${failed} failed, ${count(findings, "skipped")} skipped`;
  if (failed > 0) return `${told}: no sync can work until what failed is mended`;
  return warnings > 0 ? `${told}: syncs work, with what the warnings say` : `${told}: syncs work`;
}

function withoutError({ error, ...finding }: Finding): object {
  return error ? { ...finding, kind: error.kind } : finding;
}
