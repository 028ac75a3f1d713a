/**
 * A refusal in the service's own form: a stable `typeKey` and a message with its TF or VS number
 * (facts 11.1, 11.2).
 */
export class Refusal extends Error {
  readonly status: number;
  readonly typeKey: string;

  constructor(status: number, typeKey: string, message: string) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.typeKey = typeKey;
  }
}

const assemblies: readonly (readonly [RegExp, string])[] = [
  [
    /^(Graph|StorageKey|SubjectDescriptor|InvalidSubject|CannotEdit|CannotUpdate)/,
    "Microsoft.VisualStudio.Services.Graph",
  ],
  [
    /^(Identity|TooManyRequested|Add|Remove|Modify|Find|Group|NotApplication)/,
    "Microsoft.VisualStudio.Services.Identity",
  ],
  [/^(ProjectDoesNotExist|Team)/, "Microsoft.TeamFoundation.Core.WebApi"],
  [/^GitRepository/, "Microsoft.TeamFoundation.Git.Server"],
  [/^PermissionsReport/, "Microsoft.VisualStudio.Services.PermissionsReport.WebApi"],
  [/^(InvalidSecurityNamespace|InvalidPermissions|AccessCheck)/, "Microsoft.VisualStudio.Services.Security"],
];

/** The error body; `typeName` is `{namespace}.{type}, {assembly}`, and the envelope never varies. */
export function refusalBody({ typeKey, message }: Refusal): object {
  const assembly =
    assemblies.find(([pattern]) => pattern.test(typeKey))?.[1] ?? "Microsoft.VisualStudio.Services.WebApi";
  const typeName = `${assembly}.${typeKey}, ${assembly}`;
  return { $id: "1", innerException: null, message, typeName, typeKey, errorCode: 0, eventId: 3000 };
}

/** A path that the host does not serve: plain text, not JSON (facts 11.1). */
export function unknownPath(path: string): string {
  return `The controller for path '${path}' was not found or does not implement IController.`;
}

/** An argument that makes no sense (facts 11.2). */
export function badArgument(message: string): Refusal {
  return new Refusal(400, "ArgumentException", message);
}
