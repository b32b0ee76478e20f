/** What is wrong with an ONNX file; whoever opened it adds the path. */
export class Malformed extends Error {}
