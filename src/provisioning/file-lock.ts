import type { DatabaseSync } from "node:sqlite";
import { ConnectorError } from "../errors.ts";

/**
 * Holds a file for this process, by a lock of the operating system on an empty SQLite database beside it: it ends with the
 * process however that ends, so that none is ever left behind. Fails with `refused` while somebody else holds it.
 */
export async function lockFile(path: string, option: string): Promise<() => void> {
  // Loaded when it is needed: older versions of Node warn of it.
  const sqlite = await import("node:sqlite");
  const lockPath = `${path}.lock`;
  let database: DatabaseSync;
  try {
    database = new sqlite.DatabaseSync(lockPath);
  } catch (cause) {
    const told = `${option}: ${lockPath} cannot be written; give a file in a folder that may be written to`;
    throw new ConnectorError("refused", told, { cause });
  }
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    const told = `${option}: ${path} is in use by another process (${lockPath} cannot be locked); give each its own file`;
    throw new ConnectorError("refused", told, { cause });
  }
  return () => {
    if (database.isOpen) database.close();
  };
}
