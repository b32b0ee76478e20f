import type { Attack } from '../contracts/attack.js';
import type { WeightAveraging } from '../contracts/averaging.js';
import type { InnerAttackDefaults, TeacherRole } from '../contracts/method.js';
import type { SlotName } from '../contracts/plugin.js';
import { slots } from '../contracts/plugin.js';
import type { ReweightingStrategy } from '../contracts/strategy.js';
import { ArdError } from '../errors.js';
import type { NamedAttack } from '../evaluation/evaluator.js';
import { checkCompatibility } from './check-compatibility.js';
import { compositionNotes } from './composition-notes.js';
import type { Composition, TeacherChoice } from './composition.js';
import { createEngine } from './create-engine.js';
import { createInstance } from './create-instance.js';
import type { Registry } from './registry.js';
import { requiredTeachers, type TeacherUser } from './required-teachers.js';
import { resolveOptions } from './resolve-options.js';
import type { ResolvedComponent, ResolvedConfig } from './resolved-config.js';

/** How to give a teacher, for messages. */
const teacherRemedy =
  'Give one with --teacher resnet-20:path.safetensors, or --teacher runs/x; train one first with' +
  ' `ard train --plugin adversarial-training`, or let ard do that with --teacher auto.';

const cleanTeacherRemedy =
  'Give one with --clean-teacher resnet-56:path.safetensors, or --clean-teacher runs/x; train one first with' +
  ' `ard train --plugin adversarial-training --preset standard`.';

/**
 * Makes the instances of a run and checks that they fit each other. Nothing heavy happens: no data, no weights,
 * no engine.
 *
 * @throws ArdError naming the slot that is empty or the parts that do not fit
 */
export async function compose(config: ResolvedConfig, registry: Registry): Promise<Composition> {
  const { components } = config;
  const method = await createInstance('method', filled(config, 'method'));
  const adversarial = method.innerAttack !== undefined;
  const attack = adversarial ? await createInstance('attack', filled(config, 'attack')) : undefined;
  const objective = adversarial ? await createInstance('objective', filled(config, 'objective')) : undefined;
  const estimator = components.estimator && (await createInstance('estimator', components.estimator));
  const strategy = components.strategy && (await createInstance('strategy', components.strategy));
  const averaging = components.averaging && (await createInstance('averaging', components.averaging));
  checkCompatibility(config, { method, attack, estimator, strategy, averaging });

  const required = requiredTeachers({ method, objective, estimator, strategy });
  const teachers: Partial<Record<TeacherRole, TeacherChoice>> = {};
  for (const [role, neededBy] of required) teachers[role] = await teacherChoice(config, role, neededBy);

  const engine = filled(config, 'engine');
  return {
    config,
    student: await createInstance('model', filled(config, 'student')),
    ...(components.student?.checkpoint ? { studentCheckpoint: components.student.checkpoint.value } : {}),
    teachers,
    dataset: await createInstance('dataset', filled(config, 'dataset')),
    method,
    ...(attack && objective
      ? { innerAttack: { attack, objective, mode: config.training.values.attackMode } }
      : {}),
    ...(estimator ? { estimator } : {}),
    ...(strategy ? { strategy } : {}),
    optimizer: await createInstance('optimizer', filled(config, 'optimizer')),
    schedule: await createInstance('schedule', filled(config, 'schedule')),
    ...(averaging ? { averaging } : {}),
    ...(await composeValidation(registry, { attack, strategy, averaging })),
    evaluation: await composeEvaluation(config, registry),
    unused: Object.values(components).filter(
      ({ slot }) =>
        (isTeacher(slot) && !required.has(slot)) ||
        (!adversarial && (slot === 'attack' || slot === 'objective')),
    ),
    notes: compositionNotes({ config, method, estimator, strategy, averaging }),
    createEngine: () => createEngine(engine),
  };
}

/** What strategy and averaging want to see of held-out images. */
async function composeValidation(
  registry: Registry,
  parts: {
    readonly attack?: Attack;
    readonly strategy?: ReweightingStrategy;
    readonly averaging?: WeightAveraging;
  },
): Promise<Pick<Composition, 'heldOut' | 'validationAttack'>> {
  const { attack, strategy, averaging } = parts;
  const { validationPerClass = 0, validationFrom = 'first', validationAttack } = strategy?.needs ?? {};
  const perClass = Math.max(validationPerClass, averaging?.validationPerClass ?? 0);
  if (perClass === 0) return {};
  const heldOut = { perClass, from: validationFrom };
  const objectiveOf = (origin: string, { id, options }: InnerAttackDefaults['objective']) =>
    createInstance('objective', byName(registry, 'objective', id, origin, options));
  if (validationAttack) {
    const origin = 'validation attack of the strategy';
    const { id, options } = validationAttack.attack;
    return {
      heldOut,
      validationAttack: {
        attack: await createInstance('attack', byName(registry, 'attack', id, origin, options)),
        objective: await objectiveOf(origin, validationAttack.objective),
        objectiveId: validationAttack.objective.id,
      },
    };
  }
  const objective = validationPerClass === 0 ? averaging?.validationObjective : undefined;
  if (!objective || !attack) return { heldOut };
  const origin = 'validation objective of the averaging';
  return {
    heldOut,
    validationAttack: {
      attack,
      objective: await objectiveOf(origin, objective),
      objectiveId: objective.id,
    },
  };
}

/** Attacks and objective of an evaluation; they are chosen by id, with the options of their variants. */
export async function composeEvaluation(
  config: Pick<ResolvedConfig, 'evaluation'>,
  registry: Registry,
): Promise<Composition['evaluation']> {
  const { values, origins } = config.evaluation;
  const named = async (option: 'attacks' | 'selectAttacks'): Promise<readonly NamedAttack[]> => {
    const choices = values[option].map((choice) =>
      typeof choice === 'string' ? { id: choice, options: {} } : choice,
    );
    return await Promise.all(
      choices.map(async ({ id, options }, index) => {
        const earlier = choices.slice(0, index).filter((other) => other.id === id).length;
        return {
          id: earlier === 0 ? id : `${id}#${earlier + 1}`,
          attack: await attackByName(registry, id, options, `evaluation, ${origins[option]}`),
        };
      }),
    );
  };
  const selects = values.select !== 'last' && values.selectAttacks.length > 0;
  return {
    attacks: await named('attacks'),
    ...(selects ? { selectAttacks: await named('selectAttacks') } : {}),
    objective: await createInstance(
      'objective',
      byName(registry, 'objective', values.objective, `evaluation, ${origins.objective}`),
    ),
  };
}

/** An attack by id or variant with options of its own, outside the slots of a run. */
export async function attackByName(
  registry: Registry,
  id: string,
  options: Readonly<Record<string, unknown>>,
  origin: string,
): Promise<Attack> {
  return await createInstance('attack', byName(registry, 'attack', id, origin, options));
}

function byName(
  registry: Registry,
  kind: 'attack' | 'objective',
  id: string,
  origin: string,
  given: Readonly<Record<string, unknown>> = {},
): Pick<ResolvedComponent, 'named' | 'values'> {
  const named = registry.get(kind, id, origin);
  const options = Object.entries({ ...named.variant?.options, ...given });
  const traced = Object.fromEntries(options.map(([name, value]) => [name, { value, origin: named.name }]));
  const { values } = resolveOptions(named.component.options, traced, {
    path: kind,
    owner: named.component.id,
  });
  return { named, values };
}

function filled(config: ResolvedConfig, slot: SlotName): ResolvedComponent {
  const component = config.components[slot];
  if (component) return component;
  const kind = slots[slot];
  throw new ArdError(`No ${slot} is chosen.`, {
    remedy:
      slot === 'method'
        ? 'Name a plugin that brings one, such as --plugin fair-geometric or --plugin adversarial-training.'
        : `Choose one with --set ${slot}=<id>; \`ard list ${kind}\` shows them.`,
  });
}

async function teacherChoice(
  config: ResolvedConfig,
  role: TeacherRole,
  neededBy: TeacherUser,
): Promise<TeacherChoice> {
  const component = config.components[role];
  if (component?.checkpoint === undefined) {
    const what = role === 'teacher' ? 'a teacher' : `a second teacher in the role "${role}"`;
    throw new ArdError(
      `${neededBy} ${config.components[neededBy]?.named.name} needs ${what}, and none is given.`,
      {
        remedy: role === 'teacher' ? teacherRemedy : cleanTeacherRemedy,
      },
    );
  }
  return { architecture: await createInstance('model', component), checkpoint: component.checkpoint.value };
}

function isTeacher(slot: SlotName): slot is TeacherRole {
  return slot === 'teacher' || slot === 'cleanTeacher';
}
