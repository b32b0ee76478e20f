import { definePlugin } from '@ard/core';
import { apgdComponent } from './apgd/apgd.js';
import { autoattackComponent } from './autoattack.js';
import { fabComponent } from './fab/fab.js';
import { squareComponent } from './square/square.js';

export default definePlugin({
  name: 'attack-autoattack',
  version: '0.1.0',
  summary: 'AutoAttack and its members APGD, FAB and Square',
  components: [autoattackComponent, apgdComponent, fabComponent, squareComponent],
});
