/** Edits (insert, remove, replace) from one text to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...from].entries()) {
    const above = row;
    row = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const replaced = (above[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      row.push(Math.min(replaced, (above[at] ?? 0) + 1, (row[at - 1] ?? 0) + 1));
    }
  }
  return row.at(-1) ?? 0;
}

/** The end of a message about an unknown name: the one that was probably meant, and all there are. */
export function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return "; there is none";
  const [best] = known
    .map((each) => ({ each, edits: distance(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const meant = best && best.edits <= Math.max(2, name.length / 3) ? `; did you mean "${best.each}"?` : ";";
  return `${meant} there is ${known.join(", ")}`;
}
