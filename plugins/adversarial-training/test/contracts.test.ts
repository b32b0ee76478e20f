import { methodContract } from '@ard/testkit';
import { pgdAt } from '../src/pgd-at.js';
import { trades } from '../src/trades.js';

methodContract({ name: 'trades', create: () => trades({ beta: 6, detachTarget: false }) });
methodContract({ name: 'trades, target detached', create: () => trades({ beta: 6, detachTarget: true }) });
methodContract({ name: 'pgd-at', create: () => pgdAt({ attackMode: 'train' }) });
