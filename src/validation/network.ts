import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIP } from "node:net";
import { connect, getCACertificates, type TLSSocket } from "node:tls";
import { isLoopback, type OrganizationUrl, parseOrganizationUrl } from "../azure-devops/organization-url.ts";
import { type Call, withinCall } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import { type Finding, failedBy, ok, skipped, warning } from "./finding.ts";
import type { Patience } from "./patience.ts";

/** How the organization is reached. */
export interface Route {
  readonly organization: OrganizationUrl;
  readonly caPem?: string | undefined;
  readonly throughProxy: boolean;
}

/** Two forms are Azure DevOps Services; any other host is a server's, or a proxy's. */
export function checkUrl(text: string): Finding {
  try {
    const { url, name } = parseOrganizationUrl(text);
    const told = `${url.href}, organization ${name}`;
    if (url.hostname === "dev.azure.com") return ok("url", told);
    if (url.hostname.endsWith(".visualstudio.com")) return ok("url", `${told} (the older form)`);
    return ok("url", `${told} (neither dev.azure.com nor visualstudio.com: taken for a server or a proxy)`);
  } catch (error) {
    return failedBy("url", error);
  }
}

export async function checkDns(
  { organization, throughProxy }: Route,
  patience: Patience,
  call: Call,
): Promise<Finding> {
  const host = hostOf(organization);
  if (isIP(host)) return skipped("dns", `${host} is an address`);
  if (throughProxy) return skipped("dns", "the proxy resolves names");
  try {
    const addresses = await patience(() => withinCall(resolve(host), call));
    return ok("dns", `${host} is ${addresses.join(", ")}`);
  } catch (error) {
    return failedBy("dns", error);
  }
}

async function resolve(host: string): Promise<string[]> {
  try {
    const addresses = await lookup(host, { all: true });
    return addresses.map(({ address }) => address);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    const told = `the host ${host} does not resolve${code}; check the organization URL and the name servers`;
    throw new ConnectorError("unavailable", told, { cause });
  }
}

const handshakeLimitMs = 10_000;
const dayMs = 86_400_000;
/** Certificates are replaced well before; one that is not is about to be forgotten. */
const soonMs = 14 * dayMs;

export async function checkTls(route: Route, patience: Patience, call: Call): Promise<Finding> {
  const { organization, throughProxy } = route;
  if (organization.url.protocol === "http:") return skipped("tls", "plain http, on loopback only");
  if (throughProxy) return skipped("tls", "through the proxy; the next checks try it");
  try {
    const { protocol, subject, untilMs } = await patience(() => withinCall(handshake(route, call), call));
    const until = new Date(untilMs).toISOString().slice(0, 10);
    const told = `${protocol}, certificate of ${subject} valid until ${until}`;
    if (untilMs - Date.now() > soonMs || isLoopback(organization.url)) return ok("tls", told);
    return warning("tls", told, { remedy: `have the certificate of ${hostOf(organization)} renewed` });
  } catch (error) {
    return failedBy("tls", error);
  }
}

async function handshake({ organization, caPem }: Route, call: Call) {
  const host = hostOf(organization);
  const port = Number(organization.url.port || 443);
  const options = { host, port, ...(isIP(host) ? {} : { servername: host }) };
  const ca = caPem === undefined ? {} : { ca: [...getCACertificates("default"), caPem] };
  const socket = connect({ ...options, ...ca });
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(handshakeLimitMs), call.signal]);
    await once(socket, "secureConnect", { signal });
    return describe(socket);
  } catch (cause) {
    throw handshakeError(`${host}:${port}`, cause);
  } finally {
    socket.destroy();
  }
}

function describe(socket: TLSSocket) {
  const { subject, valid_to: validTo } = socket.getPeerCertificate();
  const name = subject.CN;
  return {
    protocol: socket.getProtocol() ?? "TLS",
    subject: Array.isArray(name) ? name.join(", ") : (name ?? "an unnamed subject"),
    untilMs: Date.parse(validTo),
  };
}

function handshakeError(where: string, cause: unknown): ConnectorError {
  if (cause instanceof Error && cause.name === "AbortError") {
    const told = `${where} did not finish a TLS handshake within ${handshakeLimitMs / 1000} s; check the firewall and --proxy`;
    return new ConnectorError("timeout", told, { cause });
  }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  const told = /^(ECONN|EHOST|ENET|EPIPE|ETIMEDOUT)/.test(code)
    ? `${where} cannot be reached (${code}); check the network, the firewall and --proxy`
    : `no secure connection to ${where} (${code}); if a proxy or a server of your own signs its certificate, give its authority with --ca-file`;
  return new ConnectorError("unavailable", told, { cause });
}

const hostOf = ({ url }: OrganizationUrl) => url.hostname.replace(/^\[|\]$/g, "");
