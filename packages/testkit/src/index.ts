export { toyLossInputs, totalLoss, type ToyLossOptions } from './toy-loss-inputs.js';
