import { ConnectorError, isConnectorError } from "../errors.ts";

/**
 * A listing of a whole type is never NOT_FOUND: the platform takes that for a resource that is gone, drops what it asked
 * for without a word, and what was not told looks revoked. Something in it that is not there can be there the next time.
 */
export async function neverGone<T>(listing: Promise<T>): Promise<T> {
  try {
    return await listing;
  } catch (error) {
    if (!isConnectorError(error, "not-found")) throw error;
    throw new ConnectorError("unavailable", `${error.message}; it went while a whole type was listed: list it again`, {
      cause: error,
    });
  }
}
