import type { PeerCertificate } from "node:tls";

/** One name in the text that Node makes of subject alternative names; odd ones are in quotes, as JSON. */
const alternative = /(?:^|, )([A-Za-z][\w ]*):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** The names by which a client's certificate can be allowed: DNS and URI names, then the common name. */
export function namesOf({
  subjectaltname = "",
  subject,
}: Pick<PeerCertificate, "subjectaltname" | "subject">): string[] {
  const alternatives = [...subjectaltname.matchAll(alternative)]
    .filter(([, kind]) => kind === "DNS" || kind === "URI")
    .map(([, , name = ""]) => unquoted(name));
  // Node gives a list where a subject has several, and none where it has no subject.
  const common: unknown = subject?.CN;
  const commonNames = (Array.isArray(common) ? common : [common]).filter((name) => typeof name === "string");
  return [...new Set([...alternatives, ...commonNames])].filter((name) => name !== "");
}

function unquoted(name: string): string {
  if (!name.startsWith('"')) return name;
  const value: unknown = JSON.parse(name);
  return typeof value === "string" ? value : "";
}
