import type { Beliefs } from "./beliefs.ts";
import type { Changes } from "./changes/index.ts";
import type { Journal } from "./changes/journal.ts";
import type { Host } from "./locations.ts";
import type { Lookup } from "./lookup.ts";
import type { Settings } from "./options.ts";
import type { Readings } from "./readings.ts";
import type { Reports } from "./reports.ts";
import type { OrganizationState } from "./state.ts";

/** What every route has at hand. */
export interface Service {
  readonly settings: Settings;
  readonly beliefs: Beliefs;
  readonly state: OrganizationState;
  readonly lookup: Lookup;
  readonly changes: Changes;
  readonly journal: Journal;
  readonly readings: Readings;
  readonly reports: Reports;
  /** Base URL of a service host, with the organization and without a slash at the end. */
  baseUrl(host: Host | string): string;
}
