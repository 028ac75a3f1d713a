import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { exportJWK, type JWK, SignJWT } from "jose";
import { clusterSubject } from "./applications.ts";

/** What a token of a cluster says; what is left out is as the connector's federated credential has it. */
export interface ProjectedToken {
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly lifetimeMs?: number;
}

/** A Kubernetes cluster whose service accounts are trusted: it issues the tokens that a pod finds in a file. */
export interface Cluster {
  readonly issuer: string;
  readonly publicKey: JWK;
  /** The text of the file. */
  projectToken(token?: ProjectedToken): Promise<string>;
}

/** Makes the key of a cluster. */
export async function createCluster(issuer: string): Promise<Cluster> {
  const keys = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return {
    issuer,
    publicKey: { ...(await exportJWK(keys.publicKey)), alg: "RS256", use: "sig", kid: "cluster" },
    projectToken: ({ audience, issuer: from, lifetimeMs = 3_600_000, subject } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({})
        .setProtectedHeader({ alg: "RS256", kid: "cluster" })
        .setIssuer(from ?? issuer)
        .setSubject(subject ?? clusterSubject)
        .setAudience(audience ?? "api://AzureADTokenExchange")
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + Math.floor(lifetimeMs / 1000))
        .sign(keys.privateKey);
    },
  };
}
