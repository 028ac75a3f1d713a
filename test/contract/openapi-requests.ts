import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { z } from "zod";
import type { RecordedRequest } from "../support/http-server.ts";

/** Where Microsoft's OpenAPI documents lie beside the repository; a clone of it alone has none. */
const folder = resolve(import.meta.dirname, "../../../shared/openapi");

/** Whether the documents are there. */
export const haveDocuments = existsSync(join(folder, "graph/7.1/graph.json"));

/** Added to the names of tests that need them, so that a skipped run says why. */
export const needsDocuments = "(needs ../shared/openapi; skipped without it)";

const files = {
  graph: "graph/7.1/graph.json",
  identities: "ims/7.1/identities.json",
  core: "core/7.1/core.json",
  entitlements: "memberEntitlementManagement/7.1/memberEntitlementManagement.json",
  security: "security/7.1/security.json",
  roles: "securityRoles/7.1/securityRoles.json",
  git: "git/7.1/git.json",
  tasks: "distributedTask/7.1/taskAgent.json",
  endpoints: "serviceEndpoint/7.1/serviceEndpoint.json",
  feeds: "artifacts/7.1/feed.json",
  reports: "permissionsReport/7.1/permissionsReport.json",
  tokens: "tokenAdmin/7.1/tokenAdmin.json",
} as const;

/**
 * The documents know these by project only, which is an omission: the recorded requests of the first two are of the
 * whole organization, and feeds have a form of their own for each (facts 3.6, 5.3).
 */
const projectOptional = [
  "/{organization}/{project}/_apis/git/repositories",
  "/{organization}/{project}/_apis/git/repositories/{repositoryId}",
  "/{organization}/{project}/_apis/packaging/feeds",
  "/{organization}/{project}/_apis/packaging/Feeds/{feedId}/permissions",
  "/{organization}/{project}/_apis/packaging/Feeds/{feedId}/views",
];

const parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "body", "header"]),
  type: z.string().optional(),
  format: z.string().optional(),
  enum: z.array(z.string()).optional(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: z.json().optional(),
});
const reference = z.object({ $ref: z.string() });
const operation = z.object({ parameters: z.array(z.union([reference, parameter])) });
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  // Paths that differ in their query alone; a "?" ends what they have in common.
  "x-ms-paths": z.record(z.string(), z.record(z.string(), operation)).optional(),
  parameters: z.record(z.string(), parameter),
  definitions: z.record(z.string(), z.record(z.string(), z.json())),
});

type Document = z.infer<typeof document>;
type Parameter = z.infer<typeof parameter>;

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(folder, path), "utf8").replace(/^\uFEFF/, ""));
}

const loadedDocuments = new Map<string, Document>();

/** The documents, read when first asked for. */
function documents(): readonly Document[] {
  return Object.values(files).map((file) => {
    const loaded = loadedDocuments.get(file) ?? document.parse(readJson(file));
    loadedDocuments.set(file, loaded);
    return loaded;
  });
}

const recorded = z.object({ body: z.json() }).partial();
const example = z.object({ responses: z.object({ "200": recorded, "201": recorded }).partial() });

/** The recorded answer of an example file. */
export function exampleBody(path: string): z.infer<ReturnType<typeof z.json>> {
  const { responses } = example.parse(readJson(path));
  return (responses["200"] ?? responses["201"])?.body ?? null;
}

/** Paths of all example files of a folder of documents. */
export function exampleFiles(area: string): readonly string[] {
  return readdirSync(join(folder, area, "7.1/httpExamples"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${area}/7.1/httpExamples/${name}`);
}

/** The values of a template's placeholders in a path, whose letters' case does not count; undefined if it is no match. */
function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? "";
    if (part.startsWith("{")) values[part.slice(1, -1)] = decodeURIComponent(segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return values;
}

interface Found {
  readonly template: string;
  readonly document: Document;
  readonly parameters: readonly Parameter[];
  readonly values: Readonly<Record<string, string>>;
}

/** Each way in which a document writes a path. */
function* templatesOf({ paths, "x-ms-paths": overloads = {} }: Document) {
  for (const [template, operations] of Object.entries({ ...paths, ...overloads })) {
    const [path = ""] = template.split("?");
    yield { template: path, operations, isWhole: true };
    if (projectOptional.includes(path)) {
      yield { template: path.replace("/{project}", ""), operations, isWhole: false };
    }
  }
}

/** Of several operations at one path, the first whose needed parameters are there. */
function find({ method, url }: RecordedRequest): Found | undefined {
  const found: Found[] = [];
  for (const document of documents()) {
    for (const { template, operations, isWhole } of templatesOf(document)) {
      const values = match(template, url.pathname);
      const operation = operations[method.toLowerCase()];
      if (!values || !operation) continue;
      const parameters = operation.parameters.flatMap((given) => {
        const known = "$ref" in given ? document.parameters[given.$ref.replace("#/parameters/", "")] : given;
        return known && (isWhole || known.name !== "project") ? [known] : [];
      });
      found.push({ template, document, parameters, values });
    }
  }
  const isAsked = ({ in: place, name, required }: Parameter) =>
    place !== "query" || name === "api-version" || !required || url.searchParams.has(name);
  return found.find(({ parameters }) => parameters.every(isAsked)) ?? found[0];
}

/** What is wrong with a value of a parameter, if anything. */
function wrongValue(known: Parameter, value: string): string | undefined {
  const wrong = `${known.name}=${value} is not`;
  if (known.enum && !known.enum.includes(value)) return `${wrong} one of ${known.enum.join(", ")}`;
  if (known.type === "integer" && !/^-?\d+$/.test(value)) return `${wrong} a whole number`;
  if (known.type === "boolean" && !/^(true|false)$/.test(value)) return `${wrong} true or false`;
  if (known.format === "uuid" && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return `${wrong} a GUID`;
  return undefined;
}

/** Versions are in the words of their parameter. */
function wrongVersion(known: Parameter, value: string): string | undefined {
  const [, wanted] = /set to '([^']+)'/.exec(known.description ?? "") ?? [];
  return wanted === undefined || wanted === value ? undefined : `api-version ${value}, documented is ${wanted}`;
}

const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });

/** The documents call it an object, and values objects too; their examples and RFC 6902 have any value, in a list. */
const patchDocument = {
  type: "array",
  items: {
    type: "object",
    properties: { op: { enum: ["add", "remove", "replace"] }, path: { type: "string" }, from: {}, value: {} },
    required: ["op", "path"],
    additionalProperties: false,
  },
};

function wrongBody({ document: { definitions }, parameters }: Found, body: string): string | undefined {
  const known = parameters.find((each) => each.in === "body");
  if (!known) return body === "" ? undefined : "a body, where none is documented";
  if (body === "") return "no body";
  const closed = Object.keys(definitions).map((name) => {
    if (name === "JsonPatchDocument") return [name, patchDocument] as const;
    const { allOf: _parents, ...own } = definitions[name] ?? {};
    const isOpen = own.type !== undefined && own.type !== "object";
    return [
      name,
      isOpen ? own : { ...own, properties: fieldsOf(name, definitions), additionalProperties: false },
    ] as const;
  });
  const schema = z.record(z.string(), z.json()).parse(known.schema);
  const validate = ajv.compile({ ...schema, definitions: Object.fromEntries(closed) });
  return validate(JSON.parse(body)) ? undefined : `body: ${ajv.errorsText(validate.errors)}`;
}

const parents = z.object({ allOf: z.array(reference.partial()).default([]) });

const parentsOf = (name: string, definitions: Document["definitions"]) =>
  parents.parse(definitions[name] ?? {}).allOf.flatMap(({ $ref }) => $ref?.replace("#/definitions/", "") ?? []);

/**
 * The fields of a definition and of those that it is made of; and of those that are made of it alone where it has none
 * of its own that say anything, as bodies of creations are by their description.
 */
function fieldsOf(name: string, definitions: Document["definitions"]): Record<string, unknown> {
  const kinds = name.endsWith("CreationContext")
    ? Object.keys(definitions).filter((each) => parentsOf(each, definitions).includes(name))
    : [];
  const above = parentsOf(name, definitions).map((each) => ownAndInherited(each, definitions));
  const below = kinds.map((each) => ownFields(each, definitions));
  return Object.assign({}, ...above, ownFields(name, definitions), ...below);
}

function ownAndInherited(name: string, definitions: Document["definitions"]): Record<string, unknown> {
  const above = parentsOf(name, definitions).map((each) => ownAndInherited(each, definitions));
  return Object.assign({}, ...above, ownFields(name, definitions));
}

function ownFields(name: string, definitions: Document["definitions"]): Record<string, unknown> {
  return z.object({ properties: z.record(z.string(), z.json()).default({}) }).parse(definitions[name] ?? {}).properties;
}

/** Which documented operation a request is of, and what in it is not as documented. */
export function checkRequest(request: RecordedRequest): {
  readonly template: string;
  readonly wrong: readonly string[];
} {
  const found = find(request);
  if (!found) return { template: "", wrong: [`${request.method} ${request.url.pathname} is not documented`] };
  const wrong: (string | undefined)[] = [wrongBody(found, request.body)];
  const query = found.parameters.filter((each) => each.in === "query");
  for (const [name, value] of request.url.searchParams) {
    const known = query.find((each) => each.name === name);
    if (!known) wrong.push(`query parameter ${name} is not documented`);
    else wrong.push(name === "api-version" ? wrongVersion(known, value) : wrongValue(known, value));
  }
  for (const known of query) {
    if (known.required && !request.url.searchParams.has(known.name)) wrong.push(`${known.name} is missing`);
  }
  for (const known of found.parameters.filter((each) => each.in === "path")) {
    wrong.push(wrongValue(known, found.values[known.name] ?? ""));
  }
  return { template: found.template, wrong: wrong.filter((each) => each !== undefined) };
}
