import "reflect-metadata"; // Before the library that needs it.
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { cryptoProvider, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

cryptoProvider.set(webcrypto);

const dayMs = 86_400_000;
const elliptic = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** What Entra takes client assertions by. */
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
} as const;

/** A certificate that signs itself, and its key, in PEM. */
export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
}

async function selfSigned(
  commonName: string,
  algorithm: typeof elliptic | typeof rsa,
  names: readonly SubjectAlternativeNameExtension[],
): Promise<CertificatePair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(8).toString("hex")}`,
    name: [{ CN: [commonName] }],
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + 365 * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [...names],
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { certPem: certificate.toString("pem"), keyPem };
}

/** For a listener on this machine. */
export function createListenerCertificate(): Promise<CertificatePair> {
  const names = [
    { type: "dns", value: "localhost" },
    { type: "ip", value: "127.0.0.1" },
    { type: "ip", value: "::1" },
  ] as const;
  return selfSigned("localhost", elliptic, [new SubjectAlternativeNameExtension([...names])]);
}

/** For an application that proves by it that it is itself. */
export function createClientCertificate(commonName: string): Promise<CertificatePair> {
  return selfSigned(commonName, rsa, []);
}
