import { stripVTControlCharacters, styleText } from "node:util";

/** Rows as aligned columns, the first row being the header; the last column is as wide as it needs. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => shownLength(row[column] ?? ""))),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === columns - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - shownLength(cell)),
      )
      .join("  ")
      .trimEnd(),
  );
  const [header = "", ...others] = lines;
  return [bold(header), ...others].join("\n");
}

function shownLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Bold on a terminal with colours; NO_COLOR and FORCE_COLOR decide as they do for Node itself. */
export function bold(text: string): string {
  return styleText("bold", text, { stream: process.stdout });
}

/** Dim where colours are. */
export function dim(text: string): string {
  return styleText("dim", text, { stream: process.stdout });
}
