import type { Call } from "../../call.ts";
import { ConnectorError } from "../../errors.ts";
import type { OptionalReading } from "../readings/access.ts";
import type { Readings } from "../readings/index.ts";

/** Fails where the token may not read something: what cannot be read is not gone. */
export async function mustBeReadable({ access }: Readings, reading: OptionalReading, call: Call): Promise<void> {
  const absence = await access.absence(reading, call);
  if (absence) throw new ConnectorError("forbidden", `${absence.cause}: ${absence.remedy}`);
}
