import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { withoutTokens } from "../redaction.ts";
import { quoted, suggestion } from "./suggest.ts";

/** One `key: value` of a configuration file, as text; the option's kind decides what the text means. */
export interface FileEntry {
  readonly key: string;
  readonly line: number;
  /** A list's items come with commas between them. Undefined when the value is nothing that an option can have. */
  readonly text: string | undefined;
  /** What stands there, for messages. */
  readonly is: "text" | "number" | "true or false" | "list" | "nothing" | "map" | "something else";
}

export interface ConfigFile {
  readonly path: string;
  readonly entries: readonly FileEntry[];
  readonly problems: readonly string[];
  /** Others than its owner may read it. */
  readonly exposed: boolean;
}

const maxBytes = 64 * 1024;
/** The file is flat; nesting by the thousand only serves to exhaust the parser's stack. */
const maxStructure = 1_000;

/** Reads a flat YAML file. Nothing of the file's text but keys is repeated in a problem, since it can hold a token. */
export function readConfigFile(path: string): ConfigFile {
  const failed = (problem: string): ConfigFile => ({
    path,
    entries: [],
    problems: [`${withoutTokens(path)}: ${problem}`],
    exposed: false,
  });
  let text: string;
  let exposed: boolean;
  try {
    const descriptor = openSync(path, "r");
    try {
      const { size, mode } = fstatSync(descriptor);
      if (size > maxBytes) return failed(`is larger than ${maxBytes / 1024} KiB; is it a configuration file?`);
      text = readFileSync(descriptor, "utf8");
      exposed = process.platform !== "win32" && (mode & 0o077) !== 0;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return failed(`cannot be read${code}; check the path and who may read it`);
  }
  // What says its size is 0, such as a pipe, can still be long.
  if (text.length > maxBytes) return failed(`is larger than ${maxBytes / 1024} KiB; is it a configuration file?`);
  if ((text.match(/[[{]|[-?] /g)?.length ?? 0) > maxStructure) {
    return failed("has far more structure than a list of `option: value` lines; is it a configuration file?");
  }
  return { ...entriesOf(path, text), path, exposed };
}

function entriesOf(path: string, text: string): Pick<ConfigFile, "entries" | "problems"> {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ""), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line}`;
  const problems = [...document.errors, ...document.warnings].map(
    ({ code, pos }) => `${at(pos[0])}: ${yamlProblems[code] ?? `is not valid YAML (${code})`}`,
  );
  if (problems.length > 0) return { entries: [], problems };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return { entries: [], problems };
  if (!isMap(contents)) return { entries: [], problems: [`${path}: must be lines of the form \`option: value\``] };
  const entries = contents.items.flatMap(({ key, value }): FileEntry[] => {
    const line = lines.linePos(key?.range?.[0] ?? 0).line;
    if (isScalar(key) && typeof key.value === "string") return [{ key: key.value, line, ...readNode(value) }];
    problems.push(`${path}:${line}: a key must be the name of an option`);
    return [];
  });
  return { entries, problems };
}

/** The parser's own words can repeat parts of the file. */
const yamlProblems: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this option was given before; keep one of the two",
  TAB_AS_INDENT: "has a tab at its beginning; use spaces",
  MULTIPLE_DOCS: "a second document begins here; a configuration file has one",
  TAG_RESOLVE_FAILED: "has a tag (`!...`), which no option takes; put the value in quotes",
};

/** An alias is no value here, so that none can be multiplied. */
function readNode(node: ParsedNode | null): Pick<FileEntry, "text" | "is"> {
  if (node === null) return { text: undefined, is: "nothing" };
  if (isSeq(node)) {
    const items = node.items.map((item) => (isScalar(item) ? readNode(item) : undefined));
    const texts = items.map((item) => item?.text);
    if (texts.some((text) => text === undefined || text.includes(",")))
      return { text: undefined, is: "something else" };
    return { text: texts.join(","), is: "list" };
  }
  if (isMap(node)) return { text: undefined, is: "map" };
  if (isAlias(node)) return { text: undefined, is: "something else" };
  const { value, source = "" } = node;
  if (value === null) return { text: undefined, is: "nothing" };
  if (value === "") return { text: undefined, is: "nothing" };
  if (typeof value === "string") return { text: value, is: "text" };
  if (typeof value === "number") return { text: source, is: "number" };
  if (typeof value === "boolean") return { text: source, is: "true or false" };
  return { text: undefined, is: "something else" };
}

/** What to say about a key that is no option's. */
export function unknownKey(path: string, { key, line }: FileEntry, known: readonly string[]): string {
  return `${path}:${line}: ${quoted(key)} is not an option${suggestion(key.replaceAll("_", "-"), known)}`;
}
