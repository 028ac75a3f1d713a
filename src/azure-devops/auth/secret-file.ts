import { readFile } from "node:fs/promises";
import { ConnectorError } from "../../errors.ts";
import { withoutTokens } from "../../redaction.ts";
import type { GivenSecret } from "./options.ts";

/** The text of a file as it is now, without the line break at its end. */
export async function readSecretFile(file: string): Promise<string> {
  let text: string;
  try {
    text = (await readFile(file, "utf8")).trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw new ConnectorError(
      "unauthenticated",
      `${withoutTokens(file)} cannot be read${code}; check that it is there and who may read it`,
    );
  }
  if (text === "") throw new ConnectorError("unauthenticated", `${withoutTokens(file)} is empty; write it anew`);
  return text;
}

/** A secret as it is now. */
export async function currentSecret({ value, file }: GivenSecret): Promise<string> {
  return file === undefined ? value.reveal() : readSecretFile(file);
}
