import "reflect-metadata"; // Before the library that needs it.
import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  type GeneralNameType,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

cryptoProvider.set(webcrypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const hourMs = 3_600_000;

/** A certificate and its key, PEM both. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Names {
  readonly commonName?: string;
  readonly dns?: readonly string[];
  readonly uri?: readonly string[];
  readonly ip?: readonly string[];
}

export interface Authority {
  readonly cert: string;
  issue(names: Names): Promise<Pair>;
}

/** An authority made for one test. */
export async function createAuthority(commonName = "test authority"): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [commonName] }],
    ...validity(),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    cert: certificate.toString("pem"),
    issue: (names) => issue(names, certificate, keys.privateKey),
  };
}

/** A certificate for this machine that signs itself, good for `validMs` from now. */
export async function selfSignedCertificate(validMs = hourMs): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: ["localhost"] }],
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + validMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new SubjectAlternativeNameExtension([...of("dns", ["localhost"]), ...of("ip", ["127.0.0.1"])])],
  });
  return { cert: certificate.toString("pem"), key: await pemKey(keys.privateKey) };
}

/** An RSA certificate as applications of Entra have, with its key as it is and under a password. */
export async function keyPair(password: string): Promise<Pair & { readonly protectedKey: string }> {
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
  const generation = { ...rsa, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey(generation, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: ["connector"] }],
    ...validity(),
    signingAlgorithm: rsa,
    keys,
  });
  const key = await pemKey(keys.privateKey);
  const cipher = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: password } as const;
  const protectedKey = createPrivateKey(key).export(cipher).toString();
  return { cert: `${certificate.toString("pem")}\n`, key, protectedKey };
}

async function issue(names: Names, issuer: X509Certificate, signingKey: webcrypto.CryptoKey): Promise<Pair> {
  const { commonName, dns = [], uri = [], ip = [] } = names;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const all = [of("dns", dns), of("url", uri), of("ip", ip)].flat();
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial(),
    issuer: issuer.subject,
    subject: commonName === undefined ? "" : [{ CN: [commonName] }],
    ...validity(),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: all.length > 0 ? [new SubjectAlternativeNameExtension(all)] : [],
  });
  return { cert: certificate.toString("pem"), key: await pemKey(keys.privateKey) };
}

const of = (type: GeneralNameType, values: readonly string[]) => values.map((value) => ({ type, value }));
const serial = () => `01${randomBytes(8).toString("hex")}`;

function validity() {
  return { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + hourMs) };
}

async function pemKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  const rows = der.toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN PRIVATE KEY-----\n${rows}\n-----END PRIVATE KEY-----\n`;
}
