import { definePlugin } from '@ard/core';
import { constantComponent } from './constant.js';
import { cosineComponent } from './cosine.js';
import { multiStepComponent } from './multi-step.js';
import { piecewiseComponent } from './piecewise.js';
import { sgdComponent } from './sgd.js';

export default definePlugin({
  name: 'optim-sgd',
  version: '0.1.0',
  summary: 'Optimizer SGD as in PyTorch, and learning-rate schedules',
  components: [sgdComponent, constantComponent, multiStepComponent, piecewiseComponent, cosineComponent],
});
