/** Somebody or something that Entra knows and the organization does not yet. */
export interface DirectoryObject {
  readonly kind: "user" | "servicePrincipal" | "group";
  /** Object id in Entra. */
  readonly originId: string;
  readonly displayName: string;
  /** Also the mail address of people and groups; of a service principal its object id. */
  readonly principalName: string;
  readonly applicationId?: string;
}
