/** What DeepMind's networks do to their images, by data set (methods.md 8.5); not in their state dicts. */
export const cifar10 = { mean: [0.4914, 0.4822, 0.4465], std: [0.2471, 0.2435, 0.2616] };

/** RSLAD's code has CIFAR-10's numbers here too; the published accuracy needs these (methods.md 3.5). */
export const cifar100 = { mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762] };

export const mnist = { mean: [0.5], std: [0.5], inputPadding: 2 };
