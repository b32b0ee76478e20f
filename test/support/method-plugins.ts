import type { Plugin, Preset } from '@ard/core';
import adversarialTraining from '@ard/plugin-adversarial-training';
import attackGradient from '@ard/plugin-attack-gradient';
import datasetsGenerated from '@ard/plugin-datasets-generated';
import engineTfjs from '@ard/plugin-engine-tfjs';
import fairAbsld from '@ard/plugin-fair-absld';
import fairBat from '@ard/plugin-fair-bat';
import fairCfa from '@ard/plugin-fair-cfa';
import fairControls from '@ard/plugin-fair-controls';
import fairDafa from '@ard/plugin-fair-dafa';
import fairFat from '@ard/plugin-fair-fat';
import fairFrl from '@ard/plugin-fair-frl';
import fairGeometric from '@ard/plugin-fair-geometric';
import fairWat from '@ard/plugin-fair-wat';
import methodAdaad from '@ard/plugin-method-adaad';
import methodArd from '@ard/plugin-method-ard';
import methodIad from '@ard/plugin-method-iad';
import methodKd from '@ard/plugin-method-kd';
import methodMtard from '@ard/plugin-method-mtard';
import methodRslad from '@ard/plugin-method-rslad';
import modelsSmallCnn from '@ard/plugin-models-small-cnn';
import optimSgd from '@ard/plugin-optim-sgd';
import weightAveraging from '@ard/plugin-weight-averaging';

/** Every plugin that trains something, and what they need to run on data and networks small enough for tests. */
export const methodPlugins: readonly Plugin[] = [
  ...[adversarialTraining, attackGradient, datasetsGenerated, engineTfjs, modelsSmallCnn, optimSgd],
  ...[fairAbsld, fairBat, fairCfa, fairControls, fairDafa, fairFat, fairFrl, fairGeometric, fairWat],
  ...[methodAdaad, methodArd, methodIad, methodKd, methodMtard, methodRslad, weightAveraging],
];

/** Their presets that make a whole training, by id. */
export const methodPresets: ReadonlyMap<string, Preset> = new Map(
  methodPlugins
    .flatMap(({ presets }) => presets)
    .filter(({ config }) => config.method !== undefined)
    .map((preset) => [preset.id, preset]),
);

/** Ids of their components of a kind. */
export function idsOf(kind: Plugin['components'][number]['kind']): readonly string[] {
  return methodPlugins.flatMap(({ components }) =>
    components.filter((component) => component.kind === kind).map(({ id }) => id),
  );
}
