import { expect } from 'chai';
import { sharedData } from '../support/shared-data.js';
import { runCli, temporaryFolder } from './cli-process.js';

describe('Fair-RSLAD on Fashion-MNIST', () => {
  it('trains from the compressed idx files and a published certified teacher', async function () {
    const images = sharedData('fashion-mnist');
    const teacher = sharedData('checkpoints/fashion-cnn4-certified.safetensors');
    if (images === undefined || teacher === undefined) {
      console.log('      no ../shared/data: the real-data test cannot run here');
      return this.skip();
    }
    const folder = await temporaryFolder();
    try {
      const { code, stdout, stderr } = await runCli(
        [
          ...['train', '--plugin', 'fair-geometric', '--dataset', 'fashion-mnist', '--data-dir', images],
          ...['--teacher', `small-cnn:strided:${teacher}`, '--student', 'small-cnn', '--json'],
          ...['--train-samples', '500', '--test-samples', '200', '--epochs', '3', '--batch-size', '50'],
          ...['--set', 'optimizer.learningRate=0.3', '--set', 'schedule=cosine'],
        ],
        folder.path,
      );
      expect(code, stderr).to.equal(0);
      const result = JSON.parse(stdout) as {
        clean: { average: number };
        classNames: string[];
        samples: number;
      };
      expect(result.samples).to.equal(200);
      expect(result.classNames[0]).to.equal('T-shirt/top');
      // chance is 0.1; three standard errors of 200 images are 0.06
      expect(result.clean.average).to.be.greaterThan(0.2);
    } finally {
      await folder.remove();
    }
  });
});
