import { GrantsService } from "../../../gen/c1/connector/v2/grant_pb.js";
import { listGrantsOf, listGrantsOfType } from "../../connector/listing.ts";
import { grantsPage } from "../../connector/page-encoder.ts";
import { mount } from "../service.ts";
import type { ConnectorScope } from "./scope.ts";
import { scopedListing } from "./type-scope.ts";

export function grantsService<R>(scope: ConnectorScope<R>) {
  return mount(GrantsService, {
    async listGrants(request, context) {
      const { whole, ref, tokens, page, ...of } = await scopedListing(scope, "grants", request, context);
      const { items, next } = whole
        ? await listGrantsOfType(of, page, context.call)
        : await listGrantsOf({ ...of, resource: ref }, page, context.call);
      return grantsPage(items, tokens.encode(next));
    },
  });
}
