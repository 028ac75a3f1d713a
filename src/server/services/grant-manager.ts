import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { type Any, anyIs, anyUnpack, timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  AcknowledgeResponseSchema,
  ChangeReport_Outcome,
  ChangeReportSchema,
  NotPerformedSchema,
  ProvisioningService,
} from "../../../gen/azuredevops/connector/v1/changes_pb.js";
import { ExternalLinkSchema } from "../../../gen/c1/connector/v2/annotation_external_link_pb.js";
import { ExternalTicketRefSchema } from "../../../gen/c1/connector/v2/annotation_external_ticket_pb.js";
import {
  GrantAlreadyExistsSchema,
  GrantAlreadyRevokedSchema,
  GrantMetadataSchema,
} from "../../../gen/c1/connector/v2/annotation_grant_pb.js";
import { GrantReplacedSchema } from "../../../gen/c1/connector/v2/annotation_grant_replaced_pb.js";
import { RequestIdSchema } from "../../../gen/c1/connector/v2/annotation_request_pb.js";
import type { Entitlement } from "../../../gen/c1/connector/v2/entitlement_pb.js";
import {
  type Grant,
  GrantManagerService,
  GrantManagerServiceGrantResponseSchema,
  GrantManagerServiceRevokeResponseSchema,
} from "../../../gen/c1/connector/v2/grant_pb.js";
import type { ChangeAnswer, ChangeDesk, ChangeOrigin, ChangeRequest, ChangeResult } from "../../connector/changes.ts";
import { entitlementId, grantId, isSlug, parseEntitlementId, shorten } from "../../connector/ids.ts";
import type { ResourceRef } from "../../connector/model.ts";
import { grantMessage } from "../../connector/rights-to-proto.ts";
import { pack } from "../../connector/to-proto.ts";
import { ConnectorError } from "../../errors.ts";
import { type Context, mount } from "../service.ts";
import { refOf } from "./scope.ts";

/** Grants and revokes, as the desk carries them out. */
export function grantManagerService(desk: ChangeDesk) {
  return mount(GrantManagerService, {
    async grant({ entitlement, principal, annotations }, context) {
      const request = { kind: "grant", ...entitlementOf(entitlement), principal: refOf(principal?.id) } as const;
      const answer = await desk.change(request, originOf(annotations, context), context.call);
      return create(GrantManagerServiceGrantResponseSchema, {
        annotations: annotationsOf(answer),
        grants: answer.outcome === "not-performed" ? [] : [grantOf(answer)],
      });
    },
    async revoke({ grant, annotations }, context) {
      const target = entitlementOf(grant?.entitlement);
      const principal = refOf(grant?.principal?.id);
      agree(grant?.id, grantId(target.resource, target.slug, principal));
      const request = { kind: "revoke", ...target, principal, ...pastOf(grant) } as const;
      const answer = await desk.change(request, originOf(annotations, context), context.call);
      return create(GrantManagerServiceRevokeResponseSchema, { annotations: annotationsOf(answer) });
    },
  });
}

export function provisioningService(desk: ChangeDesk) {
  return mount(ProvisioningService, {
    async acknowledge(_request, context) {
      const recordHash = await desk.acknowledge(originOf([], context), context.call);
      return create(AcknowledgeResponseSchema, { recordHash });
    },
  });
}

/** The entitlement of a request, from its fields; an id that says something else is refused. */
function entitlementOf(entitlement: Entitlement | undefined): { resource: ResourceRef; slug: string } {
  const { id = "", slug: told = "" } = entitlement ?? {};
  const parsed = id === "" ? undefined : parseEntitlementId(id);
  const own = entitlement?.resource?.id;
  const resource = own || !parsed ? refOf(own) : parsed.resource;
  const slug = told || parsed?.slug || "";
  if (!isSlug(slug)) {
    throw new ConnectorError("invalid-request", `the request names no entitlement: ${shorten(slug || id) || "empty"}`);
  }
  agree(id, entitlementId(resource, slug));
  return { resource, slug };
}

function agree(id: string | undefined, expected: string): void {
  if (!id || id === expected) return;
  const told = `the id ${shorten(id)} is of something else than the fields beside it, which are of ${shorten(expected)}`;
  throw new ConnectorError("invalid-request", `${told}: send both as listings tell them`);
}

function annotation<T extends DescMessage>(annotations: readonly Any[], schema: T): MessageShape<T> | undefined {
  const found = annotations.find((each) => anyIs(each, schema));
  try {
    return found && anyUnpack(found, schema);
  } catch (cause) {
    throw new ConnectorError("invalid-request", `the annotation ${schema.typeName} cannot be read`, { cause });
  }
}

/** On whose behalf a request is. */
export function originOf(annotations: readonly Any[], { caller, requestId }: Context): ChangeOrigin {
  return {
    caller,
    requestId: annotation(annotations, RequestIdSchema)?.requestId || requestId,
    ticketId: annotation(annotations, ExternalTicketRefSchema)?.id || undefined,
  };
}

/** What was there before the grant, as the answer to it told. */
function pastOf(grant: Grant | undefined): Pick<ChangeRequest, "previous" | "kept"> {
  const metadata = annotation(grant?.annotations ?? [], GrantMetadataSchema)?.metadata;
  const previous = metadata?.[previousKey];
  const kept = metadata?.[keptKey];
  if (previous !== undefined && typeof previous !== "string") {
    throw new ConnectorError("invalid-request", `${previousKey} of the grant's metadata is no entitlement id`);
  }
  if (kept !== undefined && !isMask(kept)) {
    throw new ConnectorError("invalid-request", `${keptKey} of the grant's metadata are no permissions`);
  }
  return { previous, kept };
}

/** Masks have 32 bits. */
const isMask = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;

const previousKey = "previous";
const keptKey = "kept_bits";

function grantOf({ request, replaced, bits }: ChangeAnswer) {
  const kept = bits?.before;
  const { resource, slug, principal } = request;
  const metadata = { ...(replaced ? { [previousKey]: replaced } : {}), ...(kept ? { [keptKey]: kept } : {}) };
  return grantMessage({ resource, slug, principal, ...(replaced || kept ? { metadata } : {}) });
}

function annotationsOf(answer: ChangeAnswer): Any[] {
  const { outcome, request, replaced, notPerformed } = answer;
  const annotations: Any[] = [];
  if (outcome === "already") {
    annotations.push(
      request.kind === "grant" ? pack(GrantAlreadyExistsSchema, {}) : pack(GrantAlreadyRevokedSchema, {}),
    );
  }
  if (replaced && request.kind === "grant") {
    const { resource, slug } = parseEntitlementId(replaced);
    annotations.push(pack(GrantReplacedSchema, { replacedGrantId: grantId(resource, slug, request.principal) }));
  }
  if (notPerformed) {
    const { reason, entraGroupId, remedy, link } = notPerformed;
    annotations.push(pack(NotPerformedSchema, { reason, entraGroupId, remedy }));
    annotations.push(pack(ExternalLinkSchema, { url: link }));
  }
  annotations.push(reportOf(answer));
  return annotations;
}

/** What became of a change, on every answer that is no failure. */
export function reportOf(answer: ChangeResult & { readonly recordHash: string }): Any {
  const { outcome, verifiedAt } = answer;
  return pack(ChangeReportSchema, {
    outcome: outcomes[outcome],
    dryRun: answer.dryRun ?? false,
    ...(verifiedAt ? { verifiedAt: timestampFromDate(verifiedAt) } : {}),
    notes: [...(answer.notes ?? [])],
    remaining: [...(answer.remaining ?? [])],
    activityId: answer.activityId ?? "",
    recordHash: answer.recordHash,
  });
}

const outcomes = {
  performed: ChangeReport_Outcome.PERFORMED,
  already: ChangeReport_Outcome.ALREADY,
  "not-performed": ChangeReport_Outcome.NOT_PERFORMED,
} as const;
