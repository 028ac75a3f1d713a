import type { Secret } from "../../secret.ts";

/** A secret as it was given; from a file it is read again when it is needed again, so that it can be changed there. */
export interface GivenSecret {
  readonly value: Secret;
  readonly file?: string | undefined;
}

/** An application in a tenant of Microsoft Entra. */
export interface EntraApplication {
  readonly tenantId: string;
  readonly clientId: string;
  /** Where tokens are asked for, e.g. `https://login.microsoftonline.com`. */
  readonly authorityHost: string;
}

/** Where `login` keeps what it got. The file is always there; what opens it differs. */
export interface LoginStoreOptions {
  readonly file: string;
  readonly key:
    | { readonly kind: "keychain" }
    | { readonly kind: "passphrase"; readonly passphrase: Secret }
    | { readonly kind: "none" };
}

/** What proves to Azure DevOps who is calling, as it is configured. */
export type CredentialOptions = FixedOptions | EntraOptions;

export type FixedOptions =
  | { readonly kind: "personal-access-token"; readonly token: Secret }
  | { readonly kind: "bearer-token"; readonly token: Secret; readonly file: string };

/** The kinds whose access tokens come from Microsoft Entra and are renewed. */
export type EntraOptions =
  | ({ readonly kind: "client-secret"; readonly clientSecret: GivenSecret } & EntraApplication)
  | ({
      readonly kind: "certificate";
      /** PEM of the certificate and its private key. */
      readonly file: string;
      readonly password?: GivenSecret | undefined;
    } & EntraApplication)
  | ({
      readonly kind: "workload-identity";
      /** Holds the assertion, and is written anew by Kubernetes before that ends. */
      readonly tokenFile: string;
    } & EntraApplication)
  | {
      readonly kind: "managed-identity";
      /** Of a user-assigned identity; the machine's own without. */
      readonly clientId?: string | undefined;
    }
  | ({
      readonly kind: "refresh-token";
      readonly refreshToken: GivenSecret;
      readonly clientSecret?: GivenSecret | undefined;
    } & EntraApplication)
  | { readonly kind: "login"; readonly store: LoginStoreOptions };
