import { expect } from 'chai';
import { runCli, temporaryFolder } from './cli-process.js';

describe('options written as flags', () => {
  const explained = async (...flags: readonly string[]): Promise<string> => {
    const folder = await temporaryFolder();
    const { stdout, stderr } = await runCli(['explain', '--plugin', 'fair-geometric', ...flags], folder.path);
    await folder.remove();
    return stdout + stderr;
  };

  it('are settings, with a value or, without one, true', async () => {
    const text = await explained(
      ...[
        '--engine.threads',
        '3',
        '--engine.dump=graphs/a=b.onnx',
        '--engine.profile',
        '--strategy.beta',
        '4',
      ],
    );
    expect(text).to.match(/threads +3 +from --set/);
    expect(text).to.match(/dump +graphs\/a=b\.onnx +from --set/);
    expect(text).to.match(/profile +true +from --set/);
    expect(text).to.match(/beta +4 +from --set/);
  });

  it('are checked like settings, and are for parts only', async () => {
    expect(await explained('--engine.thread', '3')).to.match(/thread[^s].*threads/s);
    expect(await explained('--nothing.thread', '3')).to.contain('Unknown flag --nothing.thread');
  });
});
