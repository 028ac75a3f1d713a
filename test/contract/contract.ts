import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

const location = new URL("../../../shared/contract/contract.json", import.meta.url);

const rules = z.record(z.string(), z.record(z.string(), z.json()));
const table = z.object({
  files: z.array(z.object({ path: z.string(), package: z.string() })),
  messages: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      fields: z.array(z.object({ n: z.number(), name: z.string(), rules: rules.optional() })),
      oneofs: z.array(z.object({ name: z.string(), required: z.boolean().optional() })).default([]),
    }),
  ),
  enums: z.array(
    z.object({ name: z.string(), file: z.string(), values: z.array(z.object({ n: z.number(), name: z.string() })) }),
  ),
  services: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      methods: z.array(
        z.object({
          name: z.string(),
          request: z.string(),
          response: z.string(),
          client_streaming: z.boolean(),
          server_streaming: z.boolean(),
        }),
      ),
    }),
  ),
});

/** The rules of one field, by kind, as the contract's fact table spells them. */
export type ContractRules = z.infer<typeof rules>;

/** The packages of the contract that this project carries. */
export const packages: readonly string[] = ["c1.config.v1", "c1.connector.v2", "c1.ratelimit.v1"];

/** The contract's fact table, cut down to `packages`; undefined in a clone that has no ../shared beside it. */
export const contract = existsSync(location) ? read() : undefined;

/** Added to the names of tests that need the fact table, so that a skipped run says why. */
export const needsContract = "(needs ../shared/contract; skipped without it)";

function read() {
  const { files, messages, enums, services } = table.parse(JSON.parse(readFileSync(location, "utf8")));
  const carried = new Set(files.filter((file) => packages.includes(file.package)).map((file) => file.path));
  const isCarried = ({ file }: { file: string }) => carried.has(file);
  return {
    files: [...carried],
    messages: messages.filter(isCarried),
    enums: enums.filter(isCarried),
    services: services.filter(isCarried),
  };
}
