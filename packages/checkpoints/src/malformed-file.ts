/** What is wrong with a file; the reader adds the path. */
export class MalformedFile extends Error {
  /** @param remedy where it is not to fetch or write the file again */
  constructor(
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}
