import { ConnectorError } from "../errors.ts";

/** The error that tells everything that is wrong at once. */
export function misused(problems: readonly string[]): ConnectorError {
  const [first = "", ...others] = problems;
  if (others.length === 0) return new ConnectorError("invalid-request", first);
  const lines = problems.map((problem) => `\n- ${problem}`).join("");
  return new ConnectorError("invalid-request", `${problems.length} things are wrong with the configuration:${lines}`);
}
