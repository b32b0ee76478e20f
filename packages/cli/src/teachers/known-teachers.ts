import type { ComponentChoice, ImageShape } from '@ard/core';

/** A published teacher: what its file must fit, and what it must reach. */
export interface KnownTeacher {
  readonly id: string;
  readonly data: string;
  readonly shape: ImageShape;
  readonly classes: number;
  /** Model by id or variant, with the options that the variant leaves open; the normalisation is among them. */
  readonly model: ComponentChoice & { readonly id: string };
  /** Accuracies in percent as published; AA is AutoAttack at epsilon 8/255, 0.3 for MNIST. */
  readonly clean: number;
  readonly autoAttack?: number;
  /** Where it comes from, to look for. */
  readonly source: string;
  /** Papers and methods that use it. */
  readonly usedBy?: string;
}

const colour = { shape: { height: 32, width: 32, channels: 3 } } as const;
const cifar10 = { ...colour, data: 'CIFAR-10', classes: 10 } as const;
const cifar100 = { ...colour, data: 'CIFAR-100', classes: 100 } as const;
const swish34 = { style: 'deepmind', activation: 'swish', depth: 34, widenFactor: 20 } as const;
const statistics10 = { mean: [0.4914, 0.4822, 0.4465], std: [0.2471, 0.2435, 0.2616] } as const;
const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** The teachers that the papers of distillation name, with the numbers of their authors (methods.md 10.1). */
export const knownTeachers: readonly KnownTeacher[] = [
  {
    id: 'trades-wrn-34-10',
    ...cifar10,
    model: { id: 'wide-resnet:trades-34-10' },
    clean: 84.92,
    autoAttack: 53.08,
    source: 'yaodongyu/TRADES: model_cifar_wrn.pt (epsilon 0.031)',
    usedBy: 'ARD, RSLAD, Fair-ARD',
  },
  {
    id: 'gowal2020-wrn-70-16',
    ...cifar10,
    model: { id: 'wide-resnet:deepmind-70-16' },
    clean: 85.29,
    autoAttack: 57.2,
    source: 'deepmind/deepmind-research, RobustBench: WRN-70-16 without extra data',
  },
  {
    id: 'gowal2020-wrn-34-20',
    ...cifar10,
    model: { id: 'wide-resnet', options: { ...swish34, ...statistics10 } },
    clean: 85.64,
    autoAttack: 56.86,
    source: 'deepmind/deepmind-research, RobustBench: WRN-34-20 without extra data',
  },
  {
    id: 'gowal2020-wrn-70-16-cifar100',
    ...cifar100,
    model: { id: 'wide-resnet:deepmind-70-16-cifar-100' },
    clean: 60.86,
    autoAttack: 30.03,
    source: 'deepmind/deepmind-research: cifar100_linf_wrn70-16_without.pt',
    usedBy: 'RSLAD',
  },
  {
    id: 'ltd-wrn-34-10',
    ...cifar10,
    model: { id: 'wide-resnet-34-10' },
    clean: 85.21,
    autoAttack: 56.94,
    source: 'RobustBench: Chen2021LTD_WRN34_10',
    usedBy: 'AdaAD',
  },
  {
    id: 'ltd-wrn-34-20',
    ...cifar10,
    model: { id: 'wide-resnet-34-20' },
    clean: 86.03,
    autoAttack: 57.71,
    source: 'RobustBench: Chen2021LTD_WRN34_20',
    usedBy: 'AdaAD',
  },
  {
    id: 'ltd-wrn-34-10-cifar100',
    ...cifar100,
    model: { id: 'wide-resnet-34-10' },
    clean: 64.07,
    autoAttack: 30.59,
    source: 'RobustBench: Chen2021LTD_WRN34_10, CIFAR-100',
    usedBy: 'AdaAD',
  },
  {
    id: 'deepmind-mnist-wrn-28-10',
    data: 'MNIST',
    shape: { height: 28, width: 28, channels: 1 },
    classes: 10,
    model: { id: 'wide-resnet:deepmind-28-10-mnist' },
    clean: 99.26,
    autoAttack: 96.34,
    source: 'deepmind/deepmind-research: WRN-28-10 for MNIST (epsilon 0.3)',
  },
  {
    id: 'akamaster-resnet-56',
    ...cifar10,
    model: { id: 'resnet-56', options: imagenet },
    clean: 93.39,
    source: 'akamaster/pytorch_resnet_cifar10: resnet56-4bfd9763.th (not robust: a clean teacher)',
    usedBy: 'Fair-MTARD',
  },
  {
    id: 'mtard-resnet-56',
    ...cifar10,
    model: { id: 'resnet-56', options: { shortcut: 'B' } },
    clean: 93.18,
    source: 'zhaoshiji123/MTARD: clean teacher (not robust)',
    usedBy: 'MTARD',
  },
];
