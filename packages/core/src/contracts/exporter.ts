import type { Engine } from './engine.js';
import type { Model, Variables } from './model.js';
import type { HostArray, NdArray } from './nd-array.js';

/** A file of an export; the command line writes it. */
export interface ExportedFile {
  /** Below the folder of the export, with slashes: `student.onnx`, `student-tfjs/model.json`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ExportRequest {
  /** What the files are called, without extension. */
  readonly name: string;
  /** Facts for the file about the network, such as the names of its classes. */
  readonly metadata: Readonly<Record<string, string>>;
  /** `[calibrationImages, height, width, channels]` in [0, 1]; given to exporters that ask for them. */
  readonly calibration?: HostArray;
}

export interface ExportCheck {
  readonly model: Model;
  /** `[batch, height, width, channels]` in [0, 1], float32. */
  readonly images: HostArray;
  /** For formats that hold no program. */
  readonly engine: Engine;
}

/** The component kind `exporter`: writes a trained network for the place where it will run. */
export interface Exporter {
  /** Images needed to choose number ranges; 0 where none are. */
  readonly calibrationImages: number;
  /** Whether the files give the logits of the network up to float32 rounding; others only resemble it. */
  readonly exact: boolean;
  /** @throws ArdError for networks that the format cannot hold */
  files(model: Model, variables: Variables, request: ExportRequest): Promise<readonly ExportedFile[]>;
  /**
   * Runs what was exported as its users would: a program by itself, values in the network that they belong to.
   *
   * @returns logits, `[batch, classes]`
   */
  run(files: readonly ExportedFile[], inputs: ExportCheck): Promise<NdArray>;
}
