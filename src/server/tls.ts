import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { ConnectorError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Watched, watchFiles } from "./watched-files.ts";

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities of clients; with it, a client without a certificate of one of them cannot connect. */
  readonly clientCaFile: string | undefined;
}

/** The pair in use, and who wants to be told of the next. */
export interface Tls {
  readonly options: SecureContextOptions;
  readonly clientCertificates: boolean;
  /** Calls with the options of each new pair; the answer ends that. */
  follow(use: (options: SecureContextOptions) => void): () => void;
  close(): void;
}

/** Fails when the files are no usable pair, with what to do; later, an unusable pair leaves the one before in use. */
export function loadTls(files: TlsFiles, { intervalMs, log }: { readonly intervalMs: number; readonly log: Log }): Tls {
  const { certFile, keyFile, clientCaFile } = files;
  const followers = new Set<(options: SecureContextOptions) => void>();
  const watched: Watched<SecureContextOptions> = watchFiles({
    what: "TLS certificate",
    files: clientCaFile ? [certFile, keyFile, clientCaFile] : [certFile, keyFile],
    make: ([cert, key, clientCa]) => secureOptions(files, { cert, key, clientCa }),
    onChange: (options) => followers.forEach((use) => void use(options)),
    intervalMs,
    log,
  });
  return {
    get options() {
      return watched.current;
    },
    clientCertificates: clientCaFile !== undefined,
    follow(use) {
      followers.add(use);
      return () => followers.delete(use);
    },
    close: watched.close,
  };
}

interface Contents {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly clientCa: Buffer | undefined;
}

/** A whole secure context is made and thrown away: half a pair must never reach a listener. */
function secureOptions(files: TlsFiles, { cert, key, clientCa }: Contents): SecureContextOptions {
  certificatesOf(files.certFile, cert);
  const ca = files.clientCaFile === undefined ? undefined : certificatesOf(files.clientCaFile, clientCa);
  const options: SecureContextOptions = { minVersion: "TLSv1.2", cert, key, ...(ca ? { ca: [...ca] } : {}) };
  try {
    createSecureContext(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConnectorError(
      "refused",
      `${files.certFile} and ${files.keyFile} are no pair for TLS (${reason}): ` +
        "give the PEM certificate chain, the server's own certificate first, and its PEM key without a passphrase",
      { cause: error },
    );
  }
  return options;
}

/** Every certificate of a PEM file: OpenSSL passes over what it cannot read, and so over half a file. */
function certificatesOf(file: string, content: Buffer | undefined): readonly string[] {
  const text = content?.toString("latin1") ?? "";
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const begun = text.match(/-----BEGIN/g)?.length ?? 0;
  if (blocks.length > 0 && blocks.length === begun && blocks.every(isCertificate)) return blocks;
  throw new ConnectorError("refused", `${file} does not hold whole PEM certificates: give one or more of them`);
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
