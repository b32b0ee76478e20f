import type { ExportRequest } from '@ard/core';
import { createEngine, createInstance } from '@ard/core/host';
import type { CompositionFlags } from '../composition-flags.js';
import { createOutput } from '../output.js';
import { columns } from '../text/columns.js';
import { sizeText } from '../text/size-text.js';
import { checkExport } from './check-export.js';
import { loadNetwork } from './load-network.js';
import { planExport } from './plan-export.js';
import { architectureMetadata } from './student-file.js';
import { refuseExisting, writeExport } from './write-export.js';

export interface ExportFlags extends CompositionFlags {
  readonly format: string;
  readonly out?: string;
  readonly name?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `ard export`. */
export async function exportCommand(network: string, flags: ExportFlags): Promise<void> {
  const output = createOutput(flags);
  const plan = await planExport(network, flags);
  for (const note of plan.notes) output.say(note);
  const exporter = await createInstance('exporter', plan.exporter);
  const loaded = await loadNetwork(await createInstance('model', plan.model), plan.checkpoint, plan.images);
  const request: ExportRequest = {
    name: plan.name,
    metadata: architectureMetadata(loaded.model, plan.model, plan.images.classNames),
  };
  const files = await exporter.files(loaded.model, loaded.variables, request);
  refuseExisting(plan.directory, files, flags.force ?? false);
  const engine = await createEngine(plan.engine);
  try {
    const check = await checkExport(exporter, files, { ...loaded, engine });
    const paths = writeExport(plan.directory, files);
    const rows = paths.map((path, index) => [path, sizeText(files[index]!.bytes.length)]);
    output.result(
      [
        columns(rows),
        '',
        `${plan.exporter.named.name} of ${loaded.model.name}, ${loaded.model.classes} classes: ${check.text}`,
      ].join('\n'),
      {
        format: plan.exporter.named.name,
        model: loaded.model.name,
        files: paths.map((path, index) => ({ path, bytes: files[index]!.bytes.length })),
        check: { images: check.images, largestDifference: check.largestDifference },
      },
    );
  } finally {
    await engine.dispose();
  }
}
