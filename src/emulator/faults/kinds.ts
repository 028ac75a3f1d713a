import { bodyKinds } from "./bodies.ts";
import { clockSkewKind } from "./clock-skew.ts";
import { deliveryKinds } from "./deliveries.ts";
import type { FaultKind } from "./fault.ts";
import { latencyKind } from "./latency.ts";
import { locationKinds } from "./locations.ts";
import { pageKinds } from "./pages.ts";
import { replyKinds } from "./replies.ts";
import { rowKinds } from "./rows.ts";
import { vanishedGroupKind } from "./vanished-group.ts";

/** Every kind of fault. */
export const faultKinds: readonly FaultKind[] = [
  latencyKind,
  clockSkewKind,
  ...replyKinds,
  ...bodyKinds,
  ...pageKinds,
  ...rowKinds,
  vanishedGroupKind,
  ...locationKinds,
  ...deliveryKinds,
];
