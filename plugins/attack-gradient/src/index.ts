import { definePlugin } from '@ard/core';
import { cwComponent } from './cw.js';
import { fgsmComponent } from './fgsm.js';
import { friendlyPgdComponent } from './friendly-pgd.js';
import { miFgsmComponent } from './mi-fgsm.js';
import { crossEntropyComponent } from './objectives/cross-entropy.js';
import { klToCleanComponent } from './objectives/kl-to-clean.js';
import { klToTeacherComponent } from './objectives/kl-to-teacher.js';
import { marginComponent } from './objectives/margin.js';
import { targetedComponent } from './objectives/targeted.js';
import { pgdComponent } from './pgd.js';

export default definePlugin({
  name: 'attack-gradient',
  version: '0.1.0',
  summary: 'Attacks along gradients: FGSM, PGD, C&W and relatives, and what attacks maximise',
  components: [
    pgdComponent,
    fgsmComponent,
    cwComponent,
    miFgsmComponent,
    friendlyPgdComponent,
    crossEntropyComponent,
    klToTeacherComponent,
    klToCleanComponent,
    marginComponent,
    targetedComponent,
  ],
});
