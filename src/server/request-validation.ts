import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { Validator } from "@bufbuild/protovalidate";
import { ConnectorError } from "../errors.ts";

/** Holds requests to the rules in the .proto files. */
export interface RequestValidator {
  /** The request itself, or a failure with `invalid-request` that names each field. */
  validated<T extends Message>(schema: DescMessage, request: T): Promise<T>;
  /** Loads the rules, which takes longer than it takes to listen, and is therefore done after. */
  warmUp(): Promise<unknown>;
}

export function createRequestValidator(): RequestValidator {
  let loading: Promise<Validator> | undefined;
  const load = () => {
    loading ??= import("@bufbuild/protovalidate").then(({ createValidator }) => createValidator());
    return loading;
  };
  return {
    warmUp: load,
    async validated(schema, request) {
      const result = (await load()).validate(schema, request);
      if (result.kind === "valid") return request;
      if (result.kind === "error") throw result.error;
      const shown = result.violations.slice(0, 5).map((violation) => violation.toString());
      throw new ConnectorError("invalid-request", `the request breaks the contract: ${shown.join("; ")}`);
    },
  };
}
