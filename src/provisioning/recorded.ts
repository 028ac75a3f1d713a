import { ConnectorError, isConnectorError } from "../errors.ts";
import { messageOf, type Performed } from "./performed.ts";
import type { ChangeRecord } from "./records.ts";

/** What a record tells of what came of a change. */
export function factsOf(performed: Performed): Partial<ChangeRecord> {
  const { before, after, lapsed, foretold, result } = performed;
  return {
    before,
    after,
    lapsed,
    foretold,
    dryRun: result?.dryRun,
    activityId: result?.activityId,
    verifiedAt: result?.verifiedAt?.toISOString(),
    reason: reasonOf(performed),
    replaced: result?.replaced,
    bits: result?.bits,
  };
}

function reasonOf({ result, error, foretold }: Performed): string | undefined {
  if (error !== undefined) return messageOf(error);
  const told = result?.notes?.filter((note) => !foretold?.includes(note)) ?? [];
  const notes = [...(result?.notPerformed ? [result.notPerformed.reason] : []), ...told];
  return notes.length > 0 ? notes.join("; ") : undefined;
}

const unrecordedNote =
  "this is not recorded, since --change-log cannot be written; no change is made any more until it is looked after";

/** The same, told to the caller with the note that no record is of it. */
export function unrecorded({ result, error, ...performed }: Performed): Performed {
  if (result) return { ...performed, result: { ...result, notes: [...(result.notes ?? []), unrecordedNote] } };
  if (!isConnectorError(error)) return { ...performed, error };
  const { kind, message, retryAtMs, cause } = error;
  const options = { cause, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
  return { ...performed, error: new ConnectorError(kind, `${message}; ${unrecordedNote}`, options) };
}
