import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { addedProperties, nullable, otherResponses, otherSchemas, widenedEnums } from "./openapi-exceptions.ts";

/** Where Microsoft's OpenAPI documents lie beside the repository; a clone of it alone has none. */
const folder = resolve(import.meta.dirname, "../../../shared/openapi");

/** Whether the documents are there; tests that need them skip without. */
export const haveDocuments = existsSync(join(folder, "graph/7.1/graph.json"));

const files = {
  graph: "graph/7.1/graph.json",
  ims: "ims/7.1/identities.json",
  core: "core/7.1/core.json",
  memberEntitlementManagement: "memberEntitlementManagement/7.1/memberEntitlementManagement.json",
  security: "security/7.1/security.json",
  git: "git/7.1/git.json",
  wit: "wit/7.1/workItemTracking.json",
  permissionsReport: "permissionsReport/7.1/permissionsReport.json",
  distributedTask: "distributedTask/7.1/taskAgent.json",
  serviceEndpoint: "serviceEndpoint/7.1/serviceEndpoint.json",
  securityRoles: "securityRoles/7.1/securityRoles.json",
  artifacts: "artifacts/7.1/feed.json",
  tokenAdmin: "tokenAdmin/7.1/tokenAdmin.json",
  account: "account/7.1/accounts.json",
} as const;

export type Area = keyof typeof files;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readJson(path: string): JsonObject {
  const value: Json = JSON.parse(readFileSync(join(folder, path), "utf8").replace(/^\uFEFF/, ""));
  if (!isObject(value)) throw new TypeError(`${path} is not an object`);
  return value;
}

function childOf(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  return names.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), value);
}

interface Place {
  readonly definition: string;
  readonly closed: boolean;
}

/** The document's schema, as JSON schema: references to closed forms, and the exceptions that are listed. */
function convert(schema: Json, place: Place): Json {
  if (Array.isArray(schema)) return schema.map((item) => convert(item, place));
  if (!isObject(schema)) return schema;
  const { $ref, properties, allOf, enum: values, ...rest } = schema;
  if (typeof $ref === "string") {
    const name = $ref.slice("#/definitions/".length);
    return { $ref: `#/definitions/${place.closed ? "closed" : "open"}.${name}` };
  }
  const converted: Record<string, Json> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (name === "format" || name.startsWith("x-") || name === "discriminator" || name === "readOnly") continue;
    converted[name] = convert(value, { ...place, closed: true });
  }
  if (schema.format === "uuid") converted.pattern = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
  if (schema.format === "date-time") converted.pattern = "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,7})?Z?$";
  if (Array.isArray(values)) converted.enum = values;
  if (allOf !== undefined) converted.allOf = convert(allOf, { ...place, closed: false });
  if (isObject(properties)) converted.properties = convertProperties(properties, place.definition);
  return converted;
}

function convertProperties(properties: JsonObject, definition: string): JsonObject {
  const all = { ...properties, ...addedProperties[definition] };
  return Object.fromEntries(
    Object.entries(all).map(([name, schema]) => {
      const converted = convert(schema, { definition, closed: true });
      const wide = widened(name, converted);
      return [name, nullable.has(name) ? { anyOf: [wide, { type: "null" }] } : wide];
    }),
  );
}

function widened(name: string, schema: Json): Json {
  const extra = widenedEnums[name];
  if (!extra || !isObject(schema)) return schema;
  const values = schema.enum;
  return Array.isArray(values) ? { ...schema, enum: [...values, ...extra] } : schema;
}

function definitionsOf(document: JsonObject): JsonObject {
  const found: Record<string, Json> = {};
  const definitions = document.definitions;
  for (const [name, schema] of Object.entries(isObject(definitions) ? definitions : {})) {
    found[`open.${name}`] = otherSchemas[name] ?? convert(schema, { definition: name, closed: true });
    const open = { $ref: `#/definitions/open.${name}` };
    found[`closed.${name}`] = name in otherSchemas ? open : { ...open, unevaluatedProperties: false };
  }
  return found;
}

/** List bodies are arrays in the documents and `{count, value}` on the wire, as every example shows. */
function wrapped(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const isList = schema.type === "array" || schema.additionalProperties !== undefined;
  if (!isList) return schema;
  return { type: "object", required: ["count", "value"], properties: { count: { type: "integer" }, value: schema } };
}

export interface Operation {
  /** What the body breaks, in words; empty when it is as documented. */
  readonly check: (body: unknown) => string;
  readonly queryParameters: readonly string[];
}

const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
const documents = new Map<Area, JsonObject>();

function documentOf(area: Area): JsonObject {
  const known = documents.get(area) ?? readJson(files[area]);
  documents.set(area, known);
  return known;
}

function parametersOf(document: JsonObject, operation: JsonObject): string[] {
  const parameters = operation.parameters;
  const found: string[] = [];
  for (const parameter of Array.isArray(parameters) ? parameters : []) {
    const reference = isObject(parameter) ? parameter.$ref : undefined;
    const name = typeof reference === "string" ? (reference.split("/").at(-1) ?? "") : undefined;
    const definition = name === undefined ? parameter : childOf(document, "parameters", name);
    if (isObject(definition) && definition.in === "query") found.push(String(definition.name));
  }
  return found;
}

/** A path below the organization; most are written from `_apis/` on. */
export function wholePath(path: string): string {
  return path.includes("_apis/") ? path : `_apis/${path}`;
}

/** The same path with other parameters stands apart, told by the query in its name. */
function overloadsOf(document: JsonObject, whole: string, method: string): readonly JsonObject[] {
  const apart = document["x-ms-paths"];
  const names = isObject(apart) ? Object.keys(apart).filter((name) => name.split("?")[0] === whole) : [];
  return names.map((name) => childOf(apart, name, method)).filter(isObject);
}

/** The documented operation of a path, with a check of its answers. */
export function operationOf(area: Area, method: string, path: string): Operation {
  const document = documentOf(area);
  // Where a project may be left out, the documents have the path with one alone.
  const whole = ["/{organization}", "/{organization}/{project}", ""]
    .map((base) => `${base}/${wholePath(path)}`)
    .find((candidate) => isObject(childOf(document, "paths", candidate, method.toLowerCase())));
  const operation = whole === undefined ? undefined : childOf(document, "paths", whole, method.toLowerCase());
  if (!isObject(operation)) throw new Error(`${area} has no ${method} ${path}`);
  const documented = childOf(operation, "responses", "200", "schema") ?? {};
  const schema = wrapped(otherResponses[`${method} ${path}`] ?? documented);
  const validate = ajv.compile({
    ...Object(convert(schema, { definition: "", closed: true })),
    definitions: definitionsOf(document),
  });
  const check = (body: unknown) => (validate(body) ? "" : ajv.errorsText(validate.errors?.slice(0, 5)));
  const all = [operation, ...overloadsOf(document, whole ?? "", method.toLowerCase())];
  return { check, queryParameters: all.flatMap((each) => parametersOf(document, each)) };
}

export interface Example {
  readonly name: string;
  readonly body: Json;
}

/** The recorded answer of an example file. */
export function exampleOf(name: string): Example {
  const file = readJson(name);
  const responses = file.responses;
  const [answer] = isObject(responses) ? Object.values(responses) : [];
  return { name, body: childOf(answer, "body") ?? null };
}

/** Names of the example files of an area. */
export function exampleFiles(area: Area): readonly string[] {
  const base = `${area}/7.1/httpExamples`;
  return readdirSync(join(folder, base), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${base}/${name}`);
}
