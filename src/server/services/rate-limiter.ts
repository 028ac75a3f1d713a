import { create } from "@bufbuild/protobuf";
import {
  DoResponseSchema,
  RateLimitDescription_Status,
  RateLimiterService,
  ReportResponseSchema,
} from "../../../gen/c1/ratelimit/v1/ratelimit_pb.js";
import { mount } from "../service.ts";

/**
 * Asked before every call when the connector runs as a child process. The budget below paces upstream requests itself,
 * so every call may go; an answer without a status would make the caller skip the call it asked for.
 */
export const rateLimiterService = mount(RateLimiterService, {
  async do({ requestToken }) {
    return create(DoResponseSchema, { requestToken, description: { status: RateLimitDescription_Status.EMPTY } });
  },
  async report() {
    return create(ReportResponseSchema);
  },
});
