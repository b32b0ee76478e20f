import { definePlugin } from '@ard/core';
import { fgsmComponent } from './fgsm.js';
import { crossEntropyComponent } from './objectives/cross-entropy.js';
import { klToCleanComponent } from './objectives/kl-to-clean.js';
import { klToTeacherComponent } from './objectives/kl-to-teacher.js';
import { marginComponent } from './objectives/margin.js';
import { pgdComponent } from './pgd.js';

export default definePlugin({
  name: 'attack-gradient',
  version: '0.1.0',
  summary: 'Attacks FGSM and PGD, and what attacks maximise',
  components: [
    pgdComponent,
    fgsmComponent,
    crossEntropyComponent,
    klToTeacherComponent,
    klToCleanComponent,
    marginComponent,
  ],
});
