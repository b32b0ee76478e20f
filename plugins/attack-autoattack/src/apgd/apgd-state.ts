/** What APGD knows of an example between iterations. */
export type ApgdState<Image, PerExample> = {
  /** x_i, to be evaluated next. */
  readonly iterate: Image;
  /** x_{i−1}, for the momentum. */
  readonly previous: Image;
  /** Point of the highest loss so far, its gradient and its loss. */
  readonly best: Image;
  readonly bestGradient: Image;
  readonly bestLoss: PerExample;
  readonly stepSize: PerExample;
  /** Loss of the iteration before; 0 before the first, as in the released code. */
  readonly previousLoss: PerExample;
  /** How often the loss has risen since the last checkpoint. */
  readonly rises: PerExample;
  readonly bestLossAtCheckpoint: PerExample;
  /** 1 where the last checkpoint halved the step. */
  readonly halvedAtCheckpoint: PerExample;
  /** Image that the network is wrong about, where `broken` is 1, and its loss. */
  readonly adversarial: Image;
  readonly adversarialLoss: PerExample;
  readonly broken: PerExample;
  /** Updates made until `adversarial`. */
  readonly brokenAt: PerExample;
};

/** What differs from iteration to iteration; scalars, so that one compiled step serves all. */
export type ApgdClock<Value> = {
  /** Updates made so far. */
  readonly iteration: Value;
  /** 0 for the starting point, whose loss is not recorded, otherwise 1. */
  readonly recorded: Value;
  /** 1 at a checkpoint. */
  readonly checkpoint: Value;
  /** Rises at or below which the step is halved there. */
  readonly enoughRises: Value;
  /** Share of the new step in the move; the rest is momentum. */
  readonly newShare: Value;
};
