import { getCACertificates } from "node:tls";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { createRedactor, type Redactor } from "../redaction.ts";
import type { Secret } from "../secret.ts";

/** Its URL can hold a name and a password. */
export interface Proxy {
  readonly url: Secret;
  readonly except: readonly string[];
}

export interface DispatcherOptions {
  /** Certificates of further authorities to trust, as PEM. */
  readonly caPem?: string | undefined;
  readonly proxy?: Proxy | undefined;
  /** To one host at most. */
  readonly connections?: number | undefined;
}

/** How long a connection may take to be made, TLS included: there is nothing to wait for as with an answer. */
export const connectTimeoutMs = 10_000;

/** The pooled connections to Azure DevOps: direct or through a proxy, trusting further authorities if need be. */
export function createDispatcher({ caPem, proxy, connections = 16 }: DispatcherOptions): Dispatcher {
  // A list replaces the default authorities, which are still needed.
  const authorities = caPem === undefined ? {} : { ca: [...getCACertificates("default"), caPem] };
  const tls = { ...authorities, timeout: connectTimeoutMs };
  const options = {
    connections,
    keepAliveTimeout: 30_000,
    maxResponseSize: -1,
    // Each try has a limit of its own (--upstream-timeout), which may be longer than undici's five minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: tls,
  };
  if (!proxy) return new Agent(options);
  const url = proxy.url.reveal();
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: tls,
    proxyTls: tls,
    // A tunnel for plain HTTP too: a proxy has no business in what is asked.
    proxyTunnel: true,
    // Both, or the environment would be looked at again.
    httpProxy: url,
    httpsProxy: url,
    noProxy: proxy.except.join(","),
  });
}

/** Whether a request goes through the proxy, by the same rule as undici's agent, which tells nobody. */
export function usesProxy(proxy: Pick<Proxy, "except"> | undefined, url: URL): boolean {
  return proxy !== undefined && !proxy.except.flatMap((entry) => entry.split(/\s/)).some((entry) => isFor(entry, url));
}

function isFor(entry: string, { protocol, hostname, port }: URL): boolean {
  const [, hostOfEntry = entry, portOfEntry] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  const own = port || (protocol === "https:" ? "443" : "80");
  if (portOfEntry !== undefined && portOfEntry !== own) return false;
  if (hostOfEntry === "*") return true;
  const plain = (host: string) => host.replace(/^\[|\]$|\.$/g, "").toLowerCase();
  const [host, name] = [plain(hostname), plain(hostOfEntry.replace(/^\*?\./, ""))];
  if (name === "") return false;
  // `*.example` covers what is below it, `.example` and `example` that name too.
  return (host === name && !entry.startsWith("*")) || host.endsWith(`.${name}`);
}

/** Finds the proxy's password in what comes through it: a proxy can repeat what it was sent, as any server can. */
export function proxyRedactor({ url }: Pick<Proxy, "url">): Redactor {
  const { username, password } = new URL(url.reveal());
  const pair = [username, password].map(decodeURIComponent).join(":");
  return createRedactor(password === "" ? [] : [pair, decodeURIComponent(password), password]);
}
