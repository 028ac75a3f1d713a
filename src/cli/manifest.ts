import { toJson } from "@bufbuild/protobuf";
import {
  type StreamSyncResponse,
  type SyncManifest,
  SyncManifestSchema,
} from "../../gen/azuredevops/connector/v1/sync_pb.js";
import type { Flags } from "../config/settings.ts";
import { type Output, openOutput } from "./output.ts";

/** What a sync says at its end of what it read: to a file, and of what is missing to the person who waits. */
export interface ManifestReport {
  open(): Promise<void>;
  update(batch: StreamSyncResponse): void;
  /** The command's exit code: 1 when something is missing and nothing may be. */
  end(): Promise<number>;
  discard(): Promise<void>;
}

export function createManifestReport(flags: Flags): ManifestReport {
  const output: Output | undefined =
    typeof flags.manifest === "string" ? openOutput(flags.manifest, "--manifest") : undefined;
  let manifest: SyncManifest | undefined;
  return {
    open: async () => output?.open(),
    update(batch) {
      manifest = batch.manifest ?? manifest;
    },
    async end() {
      if (manifest && output) {
        await output.write(`${JSON.stringify(toJson(SyncManifestSchema, manifest), null, 2)}\n`);
        await output.commit();
      }
      const gaps = manifest?.gaps ?? [];
      for (const gap of gaps) process.stderr.write(`${gapLine(gap)}\n`);
      if (flags["require-complete"] !== true) return 0;
      // A server of an older version tells nothing, which is no proof that nothing is missing.
      if (!manifest) process.stderr.write("not read: nobody knows, since the server sends no manifest\n");
      return manifest?.complete ? 0 : 1;
    },
    discard: async () => output?.discard(),
  };
}

function gapLine({ what, why, remedy, count }: SyncManifest["gaps"][number]): string {
  const many = count > 0n ? ` (${count})` : "";
  return `not read: ${what}${many}; ${why}${remedy === "" ? "" : `; do: ${remedy}`}`;
}
