import { create } from "@bufbuild/protobuf";
import {
  type ValidationFindings,
  ValidationFindingsSchema,
  ValidationOutcome,
} from "../../../gen/azuredevops/connector/v1/validation_pb.js";
import { ConnectorError } from "../../errors.ts";

/** What one check found, as `Validate` tells it. */
export interface ValidationReport {
  readonly check: string;
  readonly outcome: keyof typeof outcomes;
  readonly detail: string;
  readonly disables?: string;
  readonly remedy?: string;
  readonly error?: ConnectorError;
}

const outcomes = {
  ok: ValidationOutcome.OK,
  warning: ValidationOutcome.WARNING,
  failed: ValidationOutcome.FAILED,
  skipped: ValidationOutcome.SKIPPED,
} as const;

/** A failed validation; its status carries every finding. */
export class ValidationFailure extends ConnectorError {
  readonly findings: ValidationFindings;

  constructor(error: ConnectorError, findings: ValidationFindings) {
    super(error.kind, error.message, { cause: error, ...(error.retryAtMs ? { retryAtMs: error.retryAtMs } : {}) });
    this.findings = findings;
  }
}

/** All findings as one message, or the failure that the first failed check is. */
export function findingsOf(reports: readonly ValidationReport[]): ValidationFindings {
  const findings = create(ValidationFindingsSchema, {
    findings: reports.map(({ check, outcome, detail, disables = "", remedy = "" }) => {
      return { check, outcome: outcomes[outcome], detail, disables, remedy };
    }),
  });
  const error = reports.find((report) => report.error)?.error;
  if (error) throw new ValidationFailure(error, findings);
  return findings;
}
