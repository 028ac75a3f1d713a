import type { Json } from "./openapi.ts";

type Schemas = Readonly<Record<string, Json>>;

/**
 * Where the wire differs from Microsoft's documents, each with what shows it. The recorded examples go through
 * the same check, so an exception that the examples do not bear out would not help.
 */

/** Properties that are null on the wire; the documents have no notion of null. */
export const nullable: ReadonlySet<string> = new Set([
  "mailAddress", // Every group and service principal of the examples.
  "description", // Recorded group and team bodies.
  "originId", // A user who never signed in has none.
  "displayName", // Namespaces (recorded).
  "extensionType", // Namespaces (recorded).
  "dataspaceCategory", // Namespaces (recorded).
  "continuationToken", // A belief.
  "projectEntitlements", // Recorded in the answer of a write.
  "groupAssignments",
  // Tokens, as the example has them.
  "targetAccounts",
  "token",
  "alternateToken",
  "publicData",
  "source",
  "userEntitlement", // A write that failed.
  "servicePrincipalEntitlement",
  "viewId", // Feeds that are not asked for by a view.
  "viewName", // The same.
  "targetSize", // Pools that no provider backs: the document says so in words.
  "agentCloudId", // Pools that are not hosted (recorded).
]);

/** Values that the service writes and the documents' enumerations lack. */
export const widenedEnums: Readonly<Record<string, readonly string[]>> = {
  licensingSource: ["gitHub"], // Facts 6.1; later documents have it.
  source: ["gitHub"], // The same, in the summary of seats.
};

const text: Json = { type: "string" };
const textOrNull: Json = { type: ["string", "null"] };

/** Definitions whose wire form is another than the document's. */
export const otherSchemas: Schemas = {
  // What is secret is null (facts 3.6; the document has no notion of null).
  EndpointAuthorization: {
    type: "object",
    properties: { scheme: text, parameters: { type: "object", additionalProperties: textOrNull } },
    required: ["scheme", "parameters"],
    additionalProperties: false,
  },
  // The document makes `result` a text; in every example it is the entitlement, or null.
  EntitlementOperationResultBase: {
    type: "object",
    properties: {
      isSuccess: { type: "boolean" },
      errors: { type: "array", items: { type: "object", required: ["key", "value"] } },
      result: {
        anyOf: [
          { $ref: "#/definitions/closed.UserEntitlement" },
          { $ref: "#/definitions/closed.ServicePrincipalEntitlement" },
          { type: "null" },
        ],
      },
    },
    required: ["isSuccess", "errors"],
  },
  // The document describes the class of a library that holds any JSON.
  JObject: { type: "object" },
  VariableValue: {
    type: "object",
    properties: { value: textOrNull, isSecret: { type: "boolean" }, enabled: { type: "boolean" }, contentType: text },
    additionalProperties: false,
  },
  // A base without properties; what a key vault's has besides, its own class in the SDKs says.
  VariableGroupProviderData: { type: "object" },
  // Written as one text, `{type};{identifier}` (every example).
  IdentityDescriptor: { type: "string", pattern: "^[A-Za-z.]+;.+" },
  // A map from name to link (every example).
  ReferenceLinks: { type: "object", additionalProperties: { type: "object", required: ["href"] } },
  // A map from name to `{$type, $value}` (identity examples).
  PropertiesCollection: { type: "object", additionalProperties: { type: "object", required: ["$type", "$value"] } },
  // `value` is any JSON value, a text in the examples, though the document says object.
  ProjectProperty: {
    type: "object",
    properties: { name: { type: "string" }, value: { type: "string" } },
    required: ["name", "value"],
    additionalProperties: false,
  },
};

/** Properties that the examples or recordings hold and the documents lack, by definition. */
export const addedProperties: Readonly<Record<string, Schemas>> = {
  GraphGroup: { isCrossProject: { type: "boolean" } },
  AccessLevel: { gitHubLicenseType: text },
  EntitlementBase: { extensions: { type: "array" } },
  GroupEntitlement: { extensionRules: { type: "array" } },
  ProjectEntitlement: { isProjectPermissionInherited: { type: "boolean" } },
  // The document names the base of users and service principals; the latter have an application id besides.
  MemberEntitlement2: {
    member: { anyOf: [{ $ref: "#/definitions/AadGraphMember" }, { $ref: "#/definitions/GraphServicePrincipal" }] },
  },
  PagedUserEntitlementsList: { members: { type: "array", items: { $ref: "#/definitions/UserEntitlement" } } },
};

const anySubject: Json = {
  anyOf: [
    { $ref: "#/definitions/GraphUser" },
    { $ref: "#/definitions/GraphGroup" },
    { $ref: "#/definitions/GraphServicePrincipal" },
  ],
};

/** Answers whose documented schema names only a base of what is sent, or nothing at all. */
export const otherResponses: Schemas = {
  "POST graph/subjectlookup": { type: "object", additionalProperties: anySubject },
  "POST graph/subjectquery": { type: "array", items: anySubject },
  // What is unknown is null in its place (facts 2.6).
  "GET identities": { type: "array", items: { anyOf: [{ $ref: "#/definitions/Identity" }, { type: "null" }] } },
  // A namespace's members are not repeated in the example; `null` for a group without a rule (facts 3.4).
  "GET groupentitlements/{groupId}": { anyOf: [{ $ref: "#/definitions/GroupEntitlement" }, { type: "null" }] },
  // The document says an array of nothing; the body is paged like that of users (facts 3.4).
  "GET memberentitlements": {
    type: "object",
    required: ["members"],
    properties: { members: { type: "array", items: { $ref: "#/definitions/MemberEntitlement2" } } },
  },
};
