import { guid } from "./ids.ts";

/** What a permissions report is to tell, as the request names it (SPEC permissionsReport). */
export interface ReportResource {
  readonly resourceType: string;
  readonly resourceId: string;
  readonly resourceName?: string;
}

/** A report as it was asked for. */
export interface ReportRequest {
  readonly reportName: string;
  /** Whom to tell of; none means everybody. */
  readonly descriptors: readonly string[];
  readonly resources: readonly ReportResource[];
  /** What could not be found; a report with any is completed with errors. */
  readonly error: string;
}

export interface Report extends ReportRequest {
  readonly id: string;
  readonly requestedAt: number;
  /** How far it has come, and since when. */
  readonly status: ReportStatus;
  readonly statusAt: number;
}

export type ReportStatus = "created" | "inProgress" | "completedWithErrors" | "completedSuccessfully";

/** The reports of a running emulator; each is a step further whenever its status is asked, however long that takes. */
export interface Reports {
  add(request: ReportRequest): Report;
  /** The report as it stands. */
  get(id: string): Report | undefined;
  /** The same, and then it goes on. */
  ask(id: string): Report | undefined;
  list(): readonly Report[];
}

function next({ error, status }: Report): ReportStatus {
  if (status === "created") return "inProgress";
  if (status !== "inProgress") return status;
  return error === "" ? "completedSuccessfully" : "completedWithErrors";
}

export function createReports(seed: number): Reports {
  const reports = new Map<string, Report>();
  return {
    add: (request) => {
      const now = Date.now();
      const id = guid(seed, "permissions-report", reports.size);
      const report: Report = { ...request, id, requestedAt: now, status: "created", statusAt: now };
      reports.set(id, report);
      return report;
    },
    get: (id) => reports.get(id),
    ask: (id) => {
      const report = reports.get(id);
      if (report) reports.set(id, { ...report, status: next(report), statusAt: Date.now() });
      return report;
    },
    list: () => [...reports.values()],
  };
}
