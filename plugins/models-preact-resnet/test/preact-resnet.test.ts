import { buildModel, modelContract, modelOracle, parameterCount } from '@ard/testkit';
import { expect } from 'chai';
import plugin from '../src/index.js';

const cifar = { height: 32, width: 32, channels: 3 };
const small = { height: 16, width: 16, channels: 3 };
const build = (options: Record<string, unknown>, shape = cifar, classes = 10) =>
  buildModel(plugin, 'preact-resnet', options, shape, classes);

describe('preact-resnet', () => {
  for (const [options, entries, parameters] of [
    [{}, 107, 11_172_170],
    [{ finalBatchNorm: false }, 102, 11_171_146],
    [{ depth: 34 }, 203, 21_280_330],
  ] as const) {
    it(`${JSON.stringify(options)} has the entries and parameters of the published one`, async () => {
      const model = await build(options);
      expect(model.variables.length).to.equal(entries);
      expect(parameterCount(model)).to.equal(parameters);
    });
  }

  it('names variables as the state dict does, the last batch norm before the linear layer', async () => {
    const { variables } = await build({});
    const names = variables.map(({ name }) => name).filter((name) => name.endsWith('weight'));
    expect(names.filter((name) => name.startsWith('layer2.0'))).to.deep.equal([
      'layer2.0.bn1.weight',
      'layer2.0.conv1.weight',
      'layer2.0.bn2.weight',
      'layer2.0.conv2.weight',
      'layer2.0.shortcut.0.weight',
    ]);
    expect(names.slice(-2)).to.deep.equal(['bn.weight', 'linear.weight']);
    expect(names[0]).to.equal('conv1.weight');
  });

  it('offers the variants of its users by name', () => {
    const [component] = plugin.components;
    for (const { options } of Object.values(component!.variants!)) component!.options.parse(options);
    expect(component!.variants).to.have.all.keys(
      'preact-resnet-18',
      'preact-resnet-34',
      'kuangliu',
      'robustbench',
      'iad-tiny-imagenet',
    );
  });

  it('tells its variants apart by name', async () => {
    const names = await Promise.all(
      [{}, { finalBatchNorm: false }, { shortcutInput: 'raw' }, { width: 0.5, depth: 34 }].map(
        async (options) => (await build(options)).name,
      ),
    );
    expect(names).to.deep.equal([
      'preact-resnet-18',
      'preact-resnet-18-no-final-batch-norm',
      'preact-resnet-18-raw-shortcut',
      'preact-resnet-34-width-50-percent',
    ]);
  });
});

// PyTorch 1.13 in float64 on the same networks
modelOracle({
  name: 'preact-resnet with a last batch norm',
  create: () => build({ width: 1 / 16 }, small, 3),
  eval: {
    logits: [6.88854e6, -3.56188e7, 5.84775e7, 1.04041e7, -5.40273e7, 8.87444e7],
    gradients: {
      images: [-29959.1, -30807.8, -31647.7, -54082.8, -54155.8, -54213.4],
      'conv1.weight': [1.0765e7, -6.2215e6, 1.42977e7, -1.10973e7, 1.46397e7, 8.94946e6],
      'layer3.0.shortcut.0.weight': [187535, 212861, 199391, 170154, 129988, 89157.3],
      'bn.weight': [-6.27568e6, -7.78963e6, -4.1709e6, 325252, 1.82421e6, 810706],
    },
  },
  train: {
    logits: [-0.613497, -0.393385, 1.22044, -0.698546, -0.0460642, 0.668102],
    gradients: {
      images: [-0.00459881, -0.00472811, -0.00485607, -0.00738083, -0.00744111, -0.00749928],
      'conv1.weight': [0.0766418, -0.0795991, 0.000269144, 0.00607567, 0.0261183, 0.0561908],
      'layer3.0.shortcut.0.weight': [0.0115684, 0.0138744, 0.014921, 0.0141628, 0.00926954, 0.00673399],
      'bn.weight': [-0.0543452, 0.00560247, 0.0324246, 0.0363484, 0.0464594, 0.071025],
    },
    statistics: {
      'bn.running_mean': [0.999772, 0.872595, 0.518029, 0.064565],
    },
  },
});

modelOracle({
  name: 'preact-resnet without',
  create: () => build({ width: 1 / 16, finalBatchNorm: false }, small, 3),
  eval: {
    logits: [3.94934e7, -3.43604e7, 2.35633e7, 5.99013e7, -5.20653e7, 3.56466e7],
    gradients: {
      images: [-1136.92, -1168.71, -1200.17, -2040.52, -2043.62, -2046.15],
      'conv1.weight': [-6.97266e6, 1.74672e6, 824858, -1.97447e6, 587029, -5.8832e6],
      'layer3.0.shortcut.0.weight': [-57027.6, -60793.3, -52412.4, -39955.7, -24351.6, -11090.7],
    },
  },
  train: {
    logits: [8.12302, -6.39577, 4.54329, 1.88029, 0.475756, -1.8243],
    gradients: {
      images: [0.0186435, 0.0191592, 0.0196695, 0.0303373, 0.0305747, 0.0308035],
      'conv1.weight': [-0.335563, 0.287532, 0.0495243, -0.043939, -0.082645, -0.212338],
      'layer3.0.shortcut.0.weight': [-0.0487824, -0.0616407, -0.0703266, -0.0704001, -0.052116, -0.0394505],
    },
    statistics: {
      'layer4.1.bn2.running_var': [2.49362, 4.13995, 5.73049, 5.47415],
    },
  },
});

modelOracle({
  name: 'preact-resnet with shortcuts from the raw input',
  create: () => build({ width: 1 / 16, finalBatchNorm: false, shortcutInput: 'raw' }, small, 3),
  eval: {
    logits: [4.09427e7, -3.56309e7, 2.44456e7, 5.89549e7, -5.11889e7, 3.49848e7],
    gradients: {
      images: [-1127.32, -1157.85, -1188.05, -1995.81, -1999.74, -2003.1],
      'conv1.weight': [-8.12474e6, 2.01396e6, -183787, -2.20232e6, -201456, -7.66855e6],
      'layer3.0.shortcut.0.weight': [-160315, -146907, -130877, -113322, -92104.5, -71427.9],
    },
  },
  train: {
    logits: [8.5395, -5.89702, 3.21153, 5.22575, -4.17085, 3.35747],
    gradients: {
      images: [0.0249777, 0.025684, 0.026383, 0.0328415, 0.0332445, 0.0336382],
      'conv1.weight': [-0.788388, 1.04015, -0.330199, 0.342675, -0.369522, -0.643894],
      'layer3.0.shortcut.0.weight': [-0.359168, -0.370168, -0.396759, -0.398039, -0.404037, -0.398433],
    },
    statistics: {
      'layer4.1.bn2.running_var': [1.80025, 3.12918, 5.47489, 6.25296],
    },
  },
});

for (const shortcutInput of ['preactivated', 'raw']) {
  modelContract({
    name: `preact-resnet, narrow, ${shortcutInput}`,
    create: () => build({ width: 1 / 16, shortcutInput }, { height: 8, width: 8, channels: 3 }, 4),
  });
}
