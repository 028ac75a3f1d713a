import { GrantsService } from "../../../gen/c1/connector/v2/grant_pb.js";
import { listGrantsOf, listGrantsOfType } from "../../connector/listing.ts";
import { grantsPage } from "../../connector/page-encoder.ts";
import { mount } from "../service.ts";
import { type ConnectorScope, canonicalRef, readingsOf, refOf, tokensOf } from "./scope.ts";
import { isWholeType } from "./type-scope.ts";

export function grantsService<R>(scope: ConnectorScope<R>) {
  const { registry, fingerprint } = scope;
  return mount(GrantsService, {
    async listGrants({ resource, pageSize, pageToken, annotations, activeSyncId: syncId }, context) {
      const asked = refOf(resource?.id);
      const readings = readingsOf(scope, syncId, context);
      const whole = isWholeType(asked, annotations);
      const { ref, handler } = whole
        ? { ref: asked, handler: registry.handler(asked.type) }
        : await canonicalRef(scope, readings, asked, context);
      const tokenScope = { method: "grants", type: ref.type, parent: "", fingerprint, syncId } as const;
      const tokens = tokensOf({ ...tokenScope, resource: whole ? "" : ref.id });
      const request = { position: tokens.decode(pageToken), pageSize };
      const page = whole
        ? await listGrantsOfType({ handler, readings }, request, context.call)
        : await listGrantsOf({ handler, readings, resource: ref }, request, context.call);
      return grantsPage(page.items, tokens.encode(page.next));
    },
  });
}
