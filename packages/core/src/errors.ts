export interface ErrorDetails {
  /** What the user can do about it, one sentence. */
  readonly remedy?: string;
  /** Exit code of the command line; 1 unless told otherwise. */
  readonly exitCode?: number;
  readonly cause?: unknown;
}

/**
 * A mistake or circumstance that the user can understand: what was wrong and where in `message`, what to do in
 * `remedy`. Everything else is a bug and keeps its stack trace.
 */
export class ArdError extends Error {
  override readonly name = 'ArdError';
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.remedy = details.remedy;
    this.exitCode = details.exitCode ?? 1;
  }
}

/** Recognises the error by shape: a plugin may carry its own copy of this package. */
export function isArdError(error: unknown): error is ArdError {
  return error instanceof Error && error.name === 'ArdError';
}
