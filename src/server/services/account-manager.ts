import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CapabilityDetailCredentialOption,
  type ConnectorAccountCreationSchema_FieldSchema,
  ConnectorAccountCreationSchemaSchema,
  CredentialDetailsSchema,
} from "../../../gen/c1/connector/v2/connector_pb.js";
import {
  AccountManagerService,
  type CreateAccountRequest,
  type CreateAccountResponse,
  CreateAccountResponseSchema,
} from "../../../gen/c1/connector/v2/resource_pb.js";
import type { AccountAnswer, AccountField, AccountRequest, ResourceDesk } from "../../connector/resource-changes.ts";
import { resourceMessage } from "../../connector/to-proto.ts";
import { ConnectorError } from "../../errors.ts";
import { mount } from "../service.ts";
import { originOf, reportOf } from "./grant-manager.ts";

/** Additions of accounts, as the desk carries them out. */
export function accountManagerService(desk: ResourceDesk) {
  return mount(AccountManagerService, {
    async createAccount(request, context) {
      refuseCredentials(request);
      const answer = await desk.addAccount(accountOf(request), originOf([], context), context.call);
      return create(CreateAccountResponseSchema, { annotations: [reportOf(answer)], result: resultOf(answer) });
    },
  });
}

function accountOf({ accountInfo, resourceTypeId }: CreateAccountRequest): AccountRequest {
  const { emails = [], login, profile = {} } = accountInfo ?? {};
  const mail = (emails.find(({ isPrimary }) => isPrimary) ?? emails[0])?.address;
  return { type: resourceTypeId || "user", login: login || undefined, mail: mail || undefined, profile };
}

/** People sign in through their directory: there is no credential to make, to set or to hand out. */
function refuseCredentials({ credentialOptions, encryptionConfigs }: CreateAccountRequest): void {
  const option = credentialOptions?.options.case;
  if (option !== undefined && option !== "noPassword") {
    const told = `${option}: accounts of Azure DevOps have no password of their own; send no_password`;
    throw new ConnectorError("invalid-request", told);
  }
  if (encryptionConfigs.length === 0) return;
  throw new ConnectorError("invalid-request", "an account has no secret to encrypt; send no encryption_configs");
}

function resultOf(answer: AccountAnswer): CreateAccountResponse["result"] {
  const { result } = create(CreateAccountResponseSchema, { result: armOf(answer) });
  return result;
}

type Arm = NonNullable<MessageInitShape<typeof CreateAccountResponseSchema>["result"]>;

/** The contract wants one of these on every answer; what a person has to know goes before a plain success. */
function armOf({ outcome, dryRun, notes, verifiedAt, pending, missing, ...answer }: AccountAnswer): Arm {
  const resource = answer.resource ? { resource: resourceMessage(answer.resource) } : {};
  const told = { ...resource, isCreateAccountResult: true };
  if (dryRun) {
    const message = `nothing was written, since the connector runs with --dry-run: ${notes?.join("; ")}`;
    return { case: "actionRequired", value: { ...told, message } };
  }
  if (outcome === "already") return { case: "alreadyExists", value: told };
  const open = [
    ...(pending === undefined ? [] : [pending]),
    ...missing.map((each) => `the account was added without a membership: ${each}`),
  ];
  if (open.length > 0) return { case: "actionRequired", value: { ...told, message: open.join("; ") } };
  // What Azure DevOps does not show yet it is still at.
  return { case: answer.resource && verifiedAt ? "success" : "inProgress", value: told };
}

/** The form for new accounts, as the platform shows it. */
export function accountSchemaOf(form: readonly AccountField[]) {
  const fields = form.map((field, order) => [field.key, fieldOf(field, order)] as const);
  return create(ConnectorAccountCreationSchemaSchema, { fieldMap: Object.fromEntries(fields) });
}

function fieldOf(
  { displayName, description, placeholder = "", kind, default: defaultValue }: AccountField,
  order: number,
): MessageInitShape<typeof ConnectorAccountCreationSchema_FieldSchema> {
  const about = { displayName, description, placeholder, order };
  if (kind === "texts") return { ...about, field: { case: "stringListField", value: {} } };
  return { ...about, field: { case: "stringField", value: defaultValue === undefined ? {} : { defaultValue } } };
}

/** Accounts get no password. */
export function credentialDetails() {
  const none = CapabilityDetailCredentialOption.NO_PASSWORD;
  return create(CredentialDetailsSchema, {
    capabilityAccountProvisioning: { supportedCredentialOptions: [none], preferredCredentialOption: none },
  });
}
