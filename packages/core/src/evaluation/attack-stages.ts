import type { Attack, PreparedAttack } from '../contracts/attack.js';
import type { NetworkVictim } from '../training/victim.js';
import type { NamedAttack } from './evaluator.js';

/** An attack, or one of its parts. */
export interface AttackStage {
  readonly id: string;
  readonly part?: string;
  readonly attack: Attack;
  readonly prepared: PreparedAttack;
}

/** The parts of an attack, those left out whose loss needs more classes than the network has. */
export function attackStages({ id, attack }: NamedAttack, victim: NetworkVictim): readonly AttackStage[] {
  const { parts } = attack;
  const fits = parts?.filter((part) => (part.attack.leastClasses ?? 2) <= victim.classes) ?? [];
  if (fits.length === 0) return [{ id, attack, prepared: attack.prepare(victim) }];
  return fits.map(({ id: part, attack: own }) => ({ id, part, attack: own, prepared: own.prepare(victim) }));
}
