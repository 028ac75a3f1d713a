import type { Location } from "./locations.ts";
import { badArgument, Refusal } from "./problems.ts";

const versionForm = /^(\d+\.\d+)(-preview(?:\.(\d+))?)?$/;

/** Finds the asked version: in the query, or as a parameter of Accept (facts 1.4). */
export function requestedVersion(query: ReadonlyMap<string, string>, accept: string | undefined): string | undefined {
  const inQuery = query.get("api-version");
  if (inQuery !== undefined) return inQuery;
  return /;\s*api-version=([^;,\s]+)/i.exec(accept ?? "")?.[1];
}

function latest({ released, max, version }: Location): string {
  return released === "0.0" ? `${max}-preview.${version}` : released;
}

/**
 * The version that answers, or a refusal: a preview resource needs `-preview`, a write needs a version, and
 * none may lie above what the route table says (facts 1.4, 15.2; names of the refusals in RUNNER).
 */
export function negotiateVersion(location: Location, method: string, requested: string | undefined): string {
  if (requested === undefined) {
    if (method === "GET" || method === "HEAD" || method === "OPTIONS") return latest(location);
    throw new Refusal(
      400,
      "VssVersionNotSpecifiedException",
      `No api-version was supplied for the "${method}" request; give it in the Accept header or as a query parameter.`,
    );
  }
  const [, number, preview, resourceVersion] = versionForm.exec(requested) ?? [];
  if (number === undefined)
    throw badArgument(`The api-version "${requested}" is not of the form "{major}.{minor}[-preview[.{version}]]".`);
  const asked = Number(number);
  if (asked > Number(location.max) || asked < Number(location.min) || Number(resourceVersion ?? 0) > location.version) {
    const range = `${location.min} to ${location.max}-preview.${location.version}`;
    const message = `The requested REST API version of ${requested} is out of range for this server, which has ${range}.`;
    throw new Refusal(400, "VssVersionOutOfRangeException", message);
  }
  if (preview === undefined && asked > Number(location.released)) {
    const message = `At version "${requested}" this resource is a preview: ask for "${requested}-preview" instead.`;
    throw new Refusal(400, "VssInvalidPreviewVersionException", message);
  }
  return requested;
}
