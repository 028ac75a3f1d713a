/** Cuts a text to at most `maxBytes` of UTF-8, between code points, and replaces lone surrogates. */
export function cut(text: string, maxBytes: number): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  // Three bytes a code unit is the most that UTF-8 takes.
  if (whole.length * 3 <= maxBytes) return whole;
  const bytes = Buffer.from(whole, "utf8");
  if (bytes.length <= maxBytes) return whole;
  let end = maxBytes;
  // Bytes 10xxxxxx continue a code point.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
