import type { Location } from "./locations.ts";
import { define, released } from "./locations.ts";

const git = define("git", ["core"]);
const work = define("wit", ["core"]);
const permissionsReport = define("PermissionsReport", ["core"]);

/** Where repositories, areas and iterations, and reports on who may do what with them are served. */
export const codeLocations = {
  classificationNodes: work(
    "a70579d1-f53a-48ee-a5be-7be8659023b9",
    "classificationNodes",
    "{project}/_apis/{area}/{resource}",
    released,
    2,
  ),
  // Ids of these two are made up: no recording and no SDK at hand names them.
  permissionsReports: permissionsReport(
    "6d9cf2a4-6c0e-4d59-9f0b-7b6a64c1a9d1",
    "PermissionsReport",
    "_apis/{resource}/{id}",
    released,
    1,
    "6.0",
  ),
  permissionsReportDownload: permissionsReport(
    "0f7d1c7a-55cb-4ef1-8a4e-2f1c9d0a3be2",
    "PermissionsReportDownload",
    "_apis/PermissionsReport/{id}/download",
    released,
    1,
    "6.0",
  ),
  repositories: git(
    "225f7195-f9c7-4d14-ab28-a83f7ff77e1f",
    "repositories",
    "{project}/_apis/{area}/{resource}/{repositoryId}",
    released,
  ),
} as const satisfies Record<string, Location>;
