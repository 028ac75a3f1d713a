import type { OptionRow, Value } from "./row.ts";
import { quoted, suggestion } from "./suggest.ts";

/** A value, or why there is none. The reason follows the option's name, and never repeats what could be a secret. */
export type Parsed = { readonly value: Value } | { readonly reason: string };

/** Reads an option's value from text, as its kind says. */
export function parseValue(option: OptionRow, text: string): Parsed {
  const parsed = parsers[option.kind](option, text.trim());
  const reason = "value" in parsed ? option.check?.(parsed.value) : undefined;
  return reason === undefined ? parsed : { reason };
}

const parsers: Record<OptionRow["kind"], (option: OptionRow, text: string) => Parsed> = {
  text: (_, text) => ({ value: text }),
  file: (_, text) => ({ value: text }),
  flag: parseFlag,
  address: parseAddress,
  choice: parseChoice,
  number: parseNumber,
  percent: (option, text) => parseNumber(option, text.replace(/\s*%$/, "")),
  duration: parseDuration,
  list: parseList,
};

function parseFlag(_: OptionRow, text: string): Parsed {
  if (/^(true|1|yes|on)$/i.test(text)) return { value: true };
  if (/^(false|0|no|off)$/i.test(text)) return { value: false };
  return { reason: `must be true or false, not ${quoted(text)}` };
}

function parseAddress(_: OptionRow, text: string): Parsed {
  const match = /^(?:\[[0-9a-f:.]+\]|[^:[\]\s]+):(\d{1,5})$/i.exec(text);
  if (match && Number(match[1]) <= 65_535) return { value: text };
  const remedy = /^\d+$/.test(text) ? `; write 127.0.0.1:${text} for that port on this machine only` : "";
  return { reason: `must be HOST:PORT, an IPv6 host in brackets, not ${quoted(text)}${remedy}` };
}

function parseChoice({ choices = [], synonyms = {} }: OptionRow, text: string): Parsed {
  const choice = choices.find((each) => each === text) ?? synonyms[text.toLowerCase()];
  if (choice !== undefined) return { value: choice };
  return { reason: `must be one of ${choices.join(", ")}, not ${quoted(text)}${suggestion(text, choices)}` };
}

function parseNumber({ min = 0, max = Number.MAX_SAFE_INTEGER }: OptionRow, text: string): Parsed {
  const number = Number(text);
  if (/^-?\d+$/.test(text) && number >= min && number <= max) return { value: number };
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return { reason: `must be a whole number ${bounds}, not ${quoted(text)}` };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseDuration({ min = 0, max = Number.MAX_SAFE_INTEGER }: OptionRow, text: string): Parsed {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/i.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit.toLowerCase()] ?? Number.NaN);
  if (ms >= min && ms <= max) return { value: Math.round(ms) };
  if (ms < min) return { reason: `must be at least ${formatDuration(min)}, not ${quoted(text)}` };
  if (ms > max) return { reason: `must be at most ${formatDuration(max)}, not ${quoted(text)}` };
  const remedy = /^\d+$/.test(text) ? `; did you mean ${text}s?` : "";
  return { reason: `must be a duration such as 500ms, 30s, 5m or 1h, not ${quoted(text)}${remedy}` };
}

function parseList({ choices }: OptionRow, text: string): Parsed {
  const items = text.split(",").flatMap((item) => item.trim() || []);
  if (items.length === 0) return { reason: "must be a list of texts with commas between them, and has none" };
  const unknown = choices && items.find((item) => !choices.includes(item));
  if (!choices || unknown === undefined) return { value: items };
  return { reason: `can hold ${choices.join(", ")}, not ${quoted(unknown)}${suggestion(unknown, choices)}` };
}

/** The shortest way to write a duration without a fraction. */
export function formatDuration(ms: number): string {
  const [unit, size] = Object.entries(unitMs).findLast(([, each]) => ms >= each && ms % each === 0) ?? ["ms", 1];
  return `${ms / size}${unit}`;
}
