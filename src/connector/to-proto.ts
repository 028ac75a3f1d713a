import { create, type DescMessage, type JsonObject, type MessageInitShape } from "@bufbuild/protobuf";
import { type Any, anyPack, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { AliasesSchema } from "../../gen/c1/connector/v2/annotation_id_alias_pb.js";
import { SkipEntitlementsAndGrantsSchema } from "../../gen/c1/connector/v2/annotation_resource_tree_pb.js";
import {
  GroupTraitSchema,
  LicenseProfileTraitSchema,
  NonHumanIdentityTrait_NhiType,
  NonHumanIdentityTraitSchema,
  SecretTrait_CredentialType,
  SecretTraitSchema,
  UserTrait_AccountType,
  UserTrait_Status_Status,
  UserTraitSchema,
} from "../../gen/c1/connector/v2/annotation_trait_pb.js";
import {
  type Resource as ProtoResource,
  ResourceIdSchema,
  ResourceSchema,
  type ResourceType,
  ResourceType_Trait,
  ResourceTypeSchema,
  Status_ResourceStatus,
} from "../../gen/c1/connector/v2/resource_pb.js";
import { entitlementId } from "./ids.ts";
import type { Resource, ResourceRef, ResourceTypeDescription, Trait } from "./model.ts";
import { cut } from "./text.ts";

/** The one place where the model becomes messages. */

const traits: Record<Trait, ResourceType_Trait> = {
  user: ResourceType_Trait.USER,
  group: ResourceType_Trait.GROUP,
  app: ResourceType_Trait.APP,
  secret: ResourceType_Trait.SECRET,
  "license-profile": ResourceType_Trait.LICENSE_PROFILE,
};

export function resourceTypeMessage(type: ResourceTypeDescription, annotations: Any[] = []): ResourceType {
  return create(ResourceTypeSchema, {
    id: type.id,
    displayName: cut(type.displayName, 1024),
    description: cut(type.description, 4096),
    traits: type.traits.map((trait) => traits[trait]),
    annotations,
  });
}

export function resourceIdMessage({ type, id }: ResourceRef) {
  return create(ResourceIdSchema, { resourceType: type, resource: id });
}

const resourceStatuses = {
  enabled: Status_ResourceStatus.ENABLED,
  disabled: Status_ResourceStatus.DISABLED,
  deleted: Status_ResourceStatus.DELETED,
  unspecified: Status_ResourceStatus.UNSPECIFIED,
} as const;

const userStatuses = {
  enabled: UserTrait_Status_Status.ENABLED,
  disabled: UserTrait_Status_Status.DISABLED,
  deleted: UserTrait_Status_Status.DELETED,
  unspecified: UserTrait_Status_Status.UNSPECIFIED,
} as const;

const accountTypes = {
  human: UserTrait_AccountType.HUMAN,
  service: UserTrait_AccountType.SERVICE,
  system: UserTrait_AccountType.SYSTEM,
} as const;

const nonHumanTypes = {
  "app-registration": NonHumanIdentityTrait_NhiType.APP_REGISTRATION,
  "managed-identity": NonHumanIdentityTrait_NhiType.MANAGED_IDENTITY,
  unspecified: NonHumanIdentityTrait_NhiType.UNSPECIFIED,
} as const;

const credentialTypes = {
  "static-secret": SecretTrait_CredentialType.STATIC_SECRET,
  "asymmetric-key": SecretTrait_CredentialType.ASYMMETRIC_KEY,
} as const;

export function resourceMessage(resource: Resource): ProtoResource {
  const { parent, status, createdAt, description } = resource;
  const profile = profileOf(resource);
  return create(ResourceSchema, {
    id: resourceIdMessage(resource),
    displayName: cut(resource.displayName, 1024),
    description: cut(description ?? "", 2048),
    annotations: annotationsOf(resource, profile),
    profile,
    ...(parent ? { parentResourceId: resourceIdMessage(parent) } : {}),
    ...(createdAt ? { createdAt: timestampFromDate(createdAt) } : {}),
    ...(status ? { status: { status: resourceStatuses[status.value], details: cut(status.details ?? "", 1024) } } : {}),
  });
}

/**
 * Traits repeat what is on the resource itself: the newer fields are there, and readers of the older ones (deprecated
 * copies inside the traits) still look for them.
 */
function annotationsOf(resource: Resource, profile: JsonObject): Any[] {
  const { user, group, nonHuman, license, secret, aliases, status, createdAt } = resource;
  const annotations: Any[] = [];
  if (user) {
    annotations.push(
      pack(UserTraitSchema, {
        emails: user.emails.map((address, index) => ({ address, isPrimary: index === 0 })),
        login: user.login ?? "",
        accountType: accountTypes[user.accountType],
        profile,
        ...(user.lastLogin ? { lastLogin: timestampFromDate(user.lastLogin) } : {}),
        ...(createdAt ? { createdAt: timestampFromDate(createdAt) } : {}),
        ...(status ? { status: { status: userStatuses[status.value], details: cut(status.details ?? "", 1024) } } : {}),
      }),
    );
  }
  if (group) annotations.push(pack(GroupTraitSchema, { profile, groupSourceType: group.source }));
  if (nonHuman) {
    const { kind, detail = "" } = nonHuman;
    annotations.push(pack(NonHumanIdentityTraitSchema, { nhiType: nonHumanTypes[kind], nhiDetail: cut(detail, 1024) }));
  }
  if (license) {
    annotations.push(
      pack(LicenseProfileTraitSchema, {
        licenseName: cut(license.name, 1024),
        purchasedSeats: BigInt(license.purchasedSeats ?? 0),
        consumedSeats: BigInt(license.consumedSeats ?? 0),
        entitlementIds: [entitlementId(resource, license.seatSlug)],
      }),
    );
  }
  if (secret) {
    const { owner, kind, detail, expiresAt } = secret;
    annotations.push(
      pack(SecretTraitSchema, {
        identityId: resourceIdMessage(owner),
        createdById: resourceIdMessage(owner),
        credentialType: credentialTypes[kind],
        credentialDetail: detail,
        profile,
        ...(createdAt ? { createdAt: timestampFromDate(createdAt) } : {}),
        ...(expiresAt ? { expiresAt: timestampFromDate(expiresAt) } : {}),
      }),
    );
  }
  if (resource.withoutGrants) annotations.push(pack(SkipEntitlementsAndGrantsSchema, {}));
  // A part of an id would be another id.
  const ids = aliases?.filter((id) => id.length <= 256) ?? [];
  if (ids.length > 0) annotations.push(pack(AliasesSchema, { ids }));
  return annotations;
}

function profileOf({ profile = {} }: Resource): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(profile)) {
    if (value === null || value === undefined || value === "") continue;
    kept[name] = typeof value === "string" ? cut(value, 4096) : value;
  }
  return kept;
}

/** A message in an `Any`, with the type URL that every reader of annotations looks for. */
export function pack<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Any {
  return anyPack(schema, create(schema, init));
}
