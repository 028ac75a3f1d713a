/** What orders about one account share, whatever they call it. */
export function accountKeys(...names: readonly (string | null | undefined)[]): string[] {
  return names.flatMap((name) => (name ? [`account named ${name.toLowerCase()}`] : []));
}
