export { attackContract, type AttackRow } from './attack-contract.js';
export { objectiveContract, type ObjectiveRow } from './objective-contract.js';
export type { ContractRow, Runner } from './support/contract.js';
export { toyLossInputs, totalLoss, type ToyLossOptions } from './toy-loss-inputs.js';
export { engineContract, type EngineRow } from './engine-contract.js';
export { modelContract, type ModelRow } from './model-contract.js';
export { datasetContract, type DatasetRow } from './dataset-contract.js';
