import type { DescService } from "@bufbuild/protobuf";
import { ProvisioningService } from "../../../gen/azuredevops/connector/v1/changes_pb.js";
import { GrantManagerService } from "../../../gen/c1/connector/v2/grant_pb.js";
import {
  AccountManagerService,
  CredentialManagerService,
  ResourceDeleterService,
  ResourceManagerService,
} from "../../../gen/c1/connector/v2/resource_pb.js";
import type { ChangeDesk } from "../../connector/changes.ts";
import type { ResourceDesk } from "../../connector/resource-changes.ts";
import { ConnectorError } from "../../errors.ts";
import { type MountedService, mount } from "../service.ts";
import { accountManagerService } from "./account-manager.ts";
import { grantManagerService, provisioningService } from "./grant-manager.ts";
import { resourceManagerServices } from "./resource-manager.ts";

/** Whatever changes the organization; without a desk, provisioning is off and every method says so. */
export function changeServices(desk: (ChangeDesk & ResourceDesk) | undefined): readonly MountedService[] {
  if (!desk) return [GrantManagerService, ProvisioningService, ...others].map(readOnly);
  return [
    grantManagerService(desk),
    provisioningService(desk),
    accountManagerService(desk),
    ...resourceManagerServices(desk),
    mount(CredentialManagerService, {}),
  ];
}

const others = [AccountManagerService, ResourceManagerService, ResourceDeleterService, CredentialManagerService];

/** A service that would change the organization, where that is switched off: every method says so. */
function readOnly(service: DescService): MountedService {
  const methods = service.methods.map(({ localName, name }) => [localName, async () => refuse(name)] as const);
  return { service, implementation: Object.fromEntries(methods) };
}

function refuse(method: string): never {
  throw new ConnectorError(
    "read-only",
    `${method}: provisioning is off; start the connector with --provisioning standard to allow changes`,
  );
}
