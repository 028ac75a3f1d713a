import { create } from "@bufbuild/protobuf";
import { ValidationFindingsSchema } from "../../../gen/azuredevops/connector/v1/validation_pb.js";
import {
  Capability,
  ConnectorService,
  ConnectorServiceCleanupResponseSchema,
  ConnectorServiceGetMetadataResponseSchema,
  ConnectorServiceValidateResponseSchema,
} from "../../../gen/c1/connector/v2/connector_pb.js";
import type { Call } from "../../call.ts";
import type { ResourceHandler } from "../../connector/handler.ts";
import { pack, resourceTypeMessage } from "../../connector/to-proto.ts";
import { contractVersion } from "../../version.ts";
import { mount } from "../service.ts";
import { accountSchemaOf, credentialDetails } from "./account-manager.ts";
import { annotationsOf } from "./resource-types.ts";
import type { ConnectorScope } from "./scope.ts";
import { findingsOf, type ValidationReport } from "./validation.ts";

export interface ConnectorDescription {
  readonly displayName: string;
  readonly description: string;
  readonly helpUrl: string;
  /** Told to the platform as further facts: organization, options, version. */
  readonly profile: Readonly<Record<string, string | boolean>>;
}

export interface ConnectorServiceOptions<R> extends ConnectorScope<R> {
  /** Whether anything may be changed. */
  readonly provisioning: boolean;
  /** Whether accounts may be removed. */
  readonly deprovisioning: boolean;
  readonly description: ConnectorDescription;
  /** Every check of the configuration, the credential and the organization, as each is done. */
  readonly validate: (call: Call) => AsyncIterable<ValidationReport>;
}

export function connectorService<R>(options: ConnectorServiceOptions<R>) {
  const { description, registry, sessions, provisioning, validate } = options;
  return mount(ConnectorService, {
    async getMetadata() {
      const { displayName, description: text, helpUrl, profile } = description;
      const form = provisioning ? registry.handlers.find(({ accounts }) => accounts)?.accounts?.form : undefined;
      return create(ConnectorServiceGetMetadataResponseSchema, {
        metadata: {
          displayName,
          description: text,
          helpUrl,
          profile: { ...profile },
          capabilities: capabilitiesOf(options),
          ...(form ? { accountCreationSchema: accountSchemaOf(form) } : {}),
        },
      });
    },
    async validate(_request, { call }) {
      const reports: ValidationReport[] = [];
      for await (const report of validate(call)) reports.push(report);
      const findings = findingsOf(reports);
      const annotations = [pack(ValidationFindingsSchema, findings)];
      return create(ConnectorServiceValidateResponseSchema, { sdkVersion: contractVersion, annotations });
    },
    async cleanup({ activeSyncId }, { caller }) {
      sessions.end({ caller, syncId: activeSyncId });
      return create(ConnectorServiceCleanupResponseSchema);
    },
  });
}

/** What the connector can do, computed from what its handlers have. */
export function capabilitiesOf<R>({
  registry,
  listing,
  provisioning,
  deprovisioning,
}: Pick<ConnectorServiceOptions<R>, "registry" | "listing" | "provisioning" | "deprovisioning">) {
  // In a targeted sync the platform leaves out what is type-scoped or skipped, so only the other mode serves it.
  const targeted = listing === "per-resource";
  const all = [Capability.SYNC, ...(targeted ? [Capability.TARGETED_SYNC] : [])];
  const changes = (handler: ResourceHandler<R>) => (provisioning ? changesOf(handler, deprovisioning) : []);
  const resourceTypeCapabilities = registry.handlers.map((handler) => ({
    resourceType: resourceTypeMessage(handler.type, annotationsOf(handler, listing)),
    capabilities: [...all, ...changes(handler)],
  }));
  return {
    connectorCapabilities: [
      ...all,
      ...(targeted ? [Capability.SERVICE_MODE_TARGETED_SYNC] : []),
      ...new Set(registry.handlers.flatMap(changes)),
    ],
    resourceTypeCapabilities,
    ...(provisioning ? { credentialDetails: credentialDetails() } : {}),
  };
}

function changesOf<R>({ writer, accounts, creator, remover }: ResourceHandler<R>, deprovisioning: boolean) {
  const isRemovable = remover !== undefined && (accounts === undefined || deprovisioning);
  return [
    ...(writer ? [Capability.PROVISION] : []),
    ...(accounts ? [Capability.ACCOUNT_PROVISIONING] : []),
    ...(creator ? [Capability.RESOURCE_CREATE] : []),
    ...(isRemovable ? [Capability.RESOURCE_DELETE] : []),
  ];
}
