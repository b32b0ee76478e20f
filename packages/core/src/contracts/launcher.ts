/** One job: a fully resolved job file that `ard run job.json` executes anywhere. */
export interface Job {
  /** Stable number within the launch. */
  readonly index: number;
  readonly file: string;
  readonly runDirectory: string;
}

export type JobStatus = 'waiting' | 'running' | 'done' | 'failed';

/** The component kind `launcher`: brings jobs to machines; a failed job never hides the others. */
export interface Launcher {
  launch(jobs: readonly Job[], report: (job: Job, status: JobStatus) => void): Promise<void>;
}
