/** Something that the visitor is told in one line. */
export class PageError extends Error {}

export function messageOf(error: unknown): string {
  if (error instanceof PageError) return error.message;
  return `Something went wrong: ${error instanceof Error ? error.message : String(error)}`;
}
