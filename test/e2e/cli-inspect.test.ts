import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromVariables, readCheckpoint, safetensorsStore, toVariables } from '@ard/checkpoints';
import { randomStream, type Architecture } from '@ard/core';
import { createEngine } from '@ard/core/host';
import resnets from '@ard/plugin-models-resnet';
import { expect } from 'chai';
import { sharedData } from '../support/shared-data.js';
import { runCli, temporaryFolder } from './cli-process.js';

interface Printed {
  readonly format: string;
  readonly wrapper: readonly string[];
  readonly prefix: string;
  readonly sha256: string;
  readonly architectures: readonly {
    readonly name: string;
    readonly classes: number;
    readonly options: object;
  }[];
  readonly normalisation?: { readonly mean: readonly number[] };
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly type: string;
  }[];
  readonly verification: {
    readonly agrees: boolean;
    readonly images: number;
    readonly largestDifference: number;
  };
}

describe('ard inspect', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const json = async (args: readonly string[], code = 0): Promise<Printed> => {
    const result = await runCli(['inspect', ...args, '--json'], folder.path);
    expect(result.code, result.stderr + result.stdout).to.equal(code);
    return JSON.parse(result.stdout) as Printed;
  };

  /** A small network, with a normalisation that only the user knows. */
  const write = async (name: string): Promise<string> => {
    const component = resnets.components.find(({ id }) => id === 'resnet')!;
    const architecture = (await component.create(
      component.options.parse({ depth: 8, width: 0.25 }),
    )) as Architecture;
    const model = architecture.build({ height: 32, width: 32, channels: 3 }, 7);
    const { tensors } = await fromVariables(model, model.init(randomStream(1)));
    const path = join(folder.path, name);
    await safetensorsStore.save(path, { tensors, metadata: {} });
    return path;
  };

  it('compares logits on inputs of the reference, and says when they differ', async () => {
    const path = await write('teacher.safetensors');
    const inputs = Array.from({ length: 2 }, (_, i) =>
      Array.from({ length: 3 }, (_, c) =>
        Array.from({ length: 32 }, (_, y) =>
          Array.from({ length: 32 }, (_, x) => ((i + c + y * x) % 10) / 10),
        ),
      ),
    );
    const logits = await oracle(path, inputs);
    const reference = (name: string, content: object): string => {
      writeFileSync(join(folder.path, name), JSON.stringify(content));
      return name;
    };
    const good = reference('good.json', { inputs, logits });
    const found = await json(['teacher.safetensors', '--verify', good]);
    expect(found.verification).to.include({ agrees: true, images: 2 });
    expect(found.architectures).to.have.length(1);
    expect(found.architectures[0]).to.include({ name: 'resnet-8', classes: 7 });
    expect(found.normalisation).to.equal(undefined);

    const other = reference('other.json', { inputs, logits, mean: [0.5], std: [0.2] });
    expect((await json(['teacher.safetensors', '--verify', other], 1)).verification.agrees).to.equal(false);
    const text = await runCli(['inspect', 'teacher.safetensors', '--verify', other], folder.path);
    expect(text.code).to.equal(1);
    expect(text.stdout).to.include('logits: DISAGREE').and.include('NOT STATED').and.include('akamaster');

    const without = await runCli(
      ['inspect', 'teacher.safetensors', '--verify', reference('none.json', { logits })],
      folder.path,
    );
    expect(without.code).to.equal(1);
    expect(without.stderr).to.include('must be the first test images').and.include('--dataset');
  });

  const reference = sharedData('checkpoints/reference.json');
  if (reference === undefined) it('skipped in part: this machine has no shared data beside the checkout');
  else {
    const cifar = ['--dataset', 'cifar10', '--data-dir', sharedData('cifar-10-batches-bin')!];
    const fashion = ['--dataset', 'fashion-mnist', '--data-dir', sharedData('fashion-mnist')!];
    for (const [file, data, expected] of [
      [
        'resnet20-12fca82f.th',
        cifar,
        { format: 'PyTorch legacy pickle', prefix: 'module.', wrapper: ['state_dict'] },
      ],
      [
        'cifar_conv_small_pgd.pth',
        cifar,
        { format: 'PyTorch zip', prefix: '', wrapper: ['state_dict', '[0]'] },
      ],
      ['fashion-cnn4-certified.safetensors', fashion, { format: 'safetensors', prefix: '', wrapper: [] }],
    ] as const) {
      it(`finds the model of ${file} by itself and its logits agree to 1e-4`, async () => {
        copyFileSync(sharedData(`checkpoints/${file}`)!, join(folder.path, file));
        const found = await json([file, '--verify', reference, ...data]);
        expect(found).to.deep.include(expected);
        expect(found.architectures).to.have.length(1);
        expect(found.verification).to.include({ agrees: true, images: 4 });
        expect(found.verification.largestDifference).to.be.below(1e-4);
      });
    }

    it('lets ard evaluate do without a model, and warns that nobody stated the normalisation', async () => {
      const result = await runCli(
        [
          'evaluate',
          sharedData('checkpoints/cifar_conv_small_pgd.pth')!,
          ...cifar,
          '--test-samples',
          '100',
          '--attack',
          'fgsm',
        ],
        folder.path,
      );
      expect(result.code, result.stderr).to.equal(0);
      expect(result.stdout).to.include('holds a small-cnn:strided').and.include('padding=0');
      expect(result.stdout)
        .to.include('does not say how its images are normalised')
        .and.include('--set student.mean=');
    });
  }

  /** Logits of the plain tfjs backend. */
  async function oracle(
    path: string,
    inputs: readonly number[][][][],
  ): Promise<readonly (readonly number[])[]> {
    const { default: engines } = await import('@ard/plugin-engine-tfjs');
    const engineComponent = engines.components[0]!;
    const engine = await createEngine({
      named: { component: engineComponent } as never,
      values: engineComponent.options.parse({}) as Record<string, unknown>,
    });
    const { hostArray } = await import('@ard/core');
    const component = resnets.components.find(({ id }) => id === 'resnet')!;
    const architecture = (await component.create(
      component.options.parse({ depth: 8, width: 0.25 }),
    )) as Architecture;
    const model = architecture.build({ height: 32, width: 32, channels: 3 }, 7);
    const variables = toVariables(model, await readCheckpoint(path), path);
    const pixels = new Float32Array(2 * 32 * 32 * 3);
    inputs.forEach((image, i) =>
      image.forEach((plane, c) =>
        plane.forEach((row, y) =>
          row.forEach((value, x) => (pixels[((i * 32 + y) * 32 + x) * 3 + c] = value)),
        ),
      ),
    );
    const run = engine.compile(
      ({ v, images }: { v: never; images: never }) => ({ logits: model.apply(v, images, 'eval').logits }),
      { name: 'oracle' },
    );
    const { logits } = await run({ v: { ...variables }, images: hostArray(pixels, [2, 32, 32, 3]) } as never);
    const values = await logits.read();
    await engine.dispose();
    return [0, 1].map((i) => [...values.slice(7 * i, 7 * i + 7)].map(Number));
  }
});
