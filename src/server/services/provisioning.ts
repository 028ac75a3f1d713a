import type { DescService } from "@bufbuild/protobuf";
import { ConnectorError } from "../../errors.ts";
import type { MountedService } from "../service.ts";

/** Which changes of the organization the platform may ask for. */
export type Provisioning = "off" | "standard" | "privileged";

/** A service that would change the organization, where that is switched off: every method says so. */
export function readOnly(service: DescService): MountedService {
  const methods = service.methods.map(({ localName, name }) => [localName, async () => refuse(name)] as const);
  return { service, implementation: Object.fromEntries(methods) };
}

function refuse(method: string): never {
  throw new ConnectorError(
    "read-only",
    `${method}: provisioning is off; start the connector with --provisioning standard to allow changes`,
  );
}
