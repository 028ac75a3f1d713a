import { z } from "zod";
import type { Call } from "../call.ts";
import { ConnectorError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { RowCollector } from "./list-answers.ts";
import { flag, optionalText } from "./references.ts";

/** What a report is asked about. */
export interface ReportRequest {
  /** To be found again by people; has to be unique. */
  readonly name: string;
  /** Subject descriptors; with none of them the report is about everybody. */
  readonly descriptors: readonly string[];
  readonly resources: readonly ReportResource[];
}

export interface ReportResource {
  readonly type: "repo" | "ref" | "projectGit" | "release" | "tfvc";
  readonly id: string;
  readonly name?: string;
}

/** Permissions reports: what the service itself says that somebody holds in effect, computed by and by. */
export interface PermissionsReportApi {
  /** Begins a report and gives its id; when to ask for it is the caller's to decide. */
  create(request: ReportRequest, call: Call): Promise<string>;
  get(id: string, call: Call): Promise<PermissionsReport>;
  /** The rows of a report that is complete. */
  download<T>(id: string, createCollector: () => RowCollector<ReportRow, T>, call: Call): Promise<T>;
}

const report = z
  .object({
    id: z.string(),
    reportStatus: z.enum(["created", "inProgress", "completedWithErrors", "completedSuccessfully", "deleted"]),
    error: optionalText,
  })
  .transform(({ id, reportStatus, error }) => ({ id, status: reportStatus, error: error || undefined }));

const link = z.object({ href: z.string() }).nullish();
/** The documents call it links; what comes has each of them for itself, and the id in their addresses. */
const created = z.object({ id: optionalText, _link: link, _downloadLink: link });

/** Keys have capitals there, and nowhere else. */
const row = z
  .record(z.string(), z.unknown())
  .transform(withSmallKeys)
  .pipe(
    z.object({
      descriptor: z.string(),
      id: optionalText,
      accountName: optionalText,
      displayName: optionalText,
      /** As it was asked for, where the row tells. */
      resource: z
        .record(z.string(), z.unknown())
        .transform(withSmallKeys)
        .pipe(z.object({ resourceId: optionalText, resourceName: optionalText, resourceType: optionalText }))
        .nullish(),
      permissions: z.array(
        z
          .record(z.string(), z.unknown())
          .transform(withSmallKeys)
          .pipe(z.object({ permissionName: z.string(), effectivePermission: z.string(), isPermissionInherited: flag })),
      ),
      /** Why the row is not complete, where it is not. */
      error: z.unknown().optional(),
    }),
  );

function withSmallKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [small(key), value]));
}

const small = (key: string) => key.slice(0, 1).toLowerCase() + key.slice(1);

export type PermissionsReport = z.infer<typeof report>;
export type ReportRow = z.infer<typeof row>;

/** One row a subject and resource, each with all permissions. */
const maxReportBytes = 512 * 1024 * 1024;

const guidPattern = /\/permissionsreport\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|\?|$)/i;

const base = {
  area: "permissions-report",
  method: "GET",
  version: "7.1-preview.1",
  scope: "Security (Manage)",
} as const;

export function createPermissionsReportApi(connection: Connection): PermissionsReportApi {
  return {
    async create({ name, descriptors, resources }, call) {
      const body = {
        reportName: name,
        descriptors,
        resources: resources.map(({ id, name: resourceName, type }) => ({
          resourceId: id,
          resourceType: type,
          ...(resourceName === undefined ? {} : { resourceName }),
        })),
      };
      const path = "permissionsreport";
      const operation = { ...base, method: "POST", path, template: path, body, schema: created, begins: true } as const;
      const { id, _link, _downloadLink } = (await connection.send(operation, call)).value;
      const found = id ?? [_link, _downloadLink].map((each) => guidPattern.exec(each?.href ?? "")?.[1]).find(Boolean);
      if (found) return found;
      const told = "POST permissionsreport: the answer has no id of a report, and no address with one";
      throw new ConnectorError("unexpected-answer", `${told}; check the proxies, and the version of this connector`);
    },
    async get(id, call) {
      const path = `permissionsreport/${encodeURIComponent(id)}`;
      const operation = { ...base, path, template: "permissionsreport/{report}", schema: report };
      return (await connection.send(operation, call)).value;
    },
    async download(id, createCollector, call) {
      const operation = {
        ...base,
        path: `permissionsreport/${encodeURIComponent(id)}/download`,
        template: "permissionsreport/{report}/download",
        row,
        maxBytes: maxReportBytes,
        isFile: true,
      };
      return (await connection.stream(operation, createCollector, call)).value;
    },
  };
}
