/** A GUID in its canonical form, from any form that the service takes: with braces, without hyphens, in any case. */
export function canonicalGuid(text: string): string | undefined {
  const digits = text.replace(/[{}-]/g, "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    "-",
  );
}
