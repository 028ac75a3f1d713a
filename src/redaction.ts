/** Finds known secrets in texts that somebody else wrote: services and proxies can repeat what they were sent. */
export interface Redactor {
  /** The text without any piece of a secret that is long enough to tell something. */
  redact(text: string): string;
  /** True when a whole secret stands in the text. */
  holds(text: string): boolean;
}

export const mask = "[secret]";

/** Shorter pieces tell nothing, and can be in any text by chance. */
const pieceLength = 12;

/** For secrets as they are sent; whoever repeats them can encode them for a URL or for JSON, and change their case. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form !== "");
  const short = forms.filter((form) => form.length < pieceLength);
  const long = forms.filter((form) => form.length >= pieceLength);
  const pieces = new Set(long.map(lowerCase).flatMap(piecesOf));
  // What is short can be in data by chance.
  const middle = wholeOf(long.filter((form) => form.length < sampledLength));
  const sampled = long.filter((form) => form.length >= sampledLength);
  const largest = wholeOf(sampled);
  const stride = Math.min(...sampled.map((form) => form.length)) - pieceLength + 1;
  return {
    redact: (text) => short.reduce((cut, form) => cut.replaceAll(form, mask), withoutPieces(text, pieces)),
    holds: (text) =>
      middle?.test(text) || ((largest && hasSample(text, pieces, stride) && largest.test(text)) ?? false),
  };
}

function wholeOf(forms: readonly string[]): RegExp | undefined {
  return forms.length > 0 ? new RegExp(forms.map((form) => form.replace(/\W/g, "\\$&")).join("|"), "i") : undefined;
}

/** Of this length on, a look here and there is enough to know that a text does not hold it: answers are long. */
const sampledLength = 256;

/** True for every text that holds a form of at least `stride` more characters than a piece has, less one. */
function hasSample(text: string, pieces: ReadonlySet<string>, stride: number): boolean {
  for (let at = 0; at + pieceLength <= text.length; at += stride) {
    if (pieces.has(lowerCase(text.slice(at, at + pieceLength)))) return true;
  }
  return false;
}

export function joinRedactors(redactors: readonly Redactor[]): Redactor {
  return {
    redact: (text) => redactors.reduce((cut, { redact }) => redact(cut), text),
    holds: (text) => redactors.some(({ holds }) => holds(text)),
  };
}

function formsOf(secret: string): string[] {
  const inUrl = encodeURIComponent(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  // .NET writes this character so.
  return [secret, inUrl, inJson, inJson.replaceAll("+", "\\u002B"), base64(secret), base64(`:${secret}`)];
}

const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");

/** Changes no length, as other letters' cases can. */
const lowerCase = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function piecesOf(form: string): string[] {
  return Array.from({ length: form.length - pieceLength + 1 }, (_, at) => form.slice(at, at + pieceLength));
}

function withoutPieces(text: string, pieces: ReadonlySet<string>): string {
  const lower = lowerCase(text);
  let told = "";
  let from = 0;
  for (let at = 0; at + pieceLength <= lower.length; at += 1) {
    if (!pieces.has(lower.slice(at, at + pieceLength))) continue;
    let end = at + pieceLength;
    while (end < lower.length && pieces.has(lower.slice(end - pieceLength + 1, end + 1))) end += 1;
    told += text.slice(from, at) + mask;
    from = end;
    at = end - 1;
  }
  return told + text.slice(from);
}

/**
 * What somebody wrote into an option or a command line, without what looks like a token: people paste one where a path
 * or a level belongs. A long word that changes between letters and digits is none that a person would have made up.
 */
export function withoutTokens(text: string): string {
  return text.replace(/[\w+=~-]{20,}/g, (word) => (changes(word) < 2 ? word : mask));
}

const changes = (word: string) => word.match(/[a-z](?=\d)|\d(?=[a-z])/gi)?.length ?? 0;

/** The same of what cannot be anything but a personal access token: names that people made up stay as they are. */
export function withoutPersonalAccessTokens(text: string): string {
  return text.replace(/[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}|(?<![A-Za-z0-9])[a-z2-7]{52}(?![A-Za-z0-9])/g, mask);
}
