import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { hostAddress, ctlNumber } from './fabric.ts';
import { labEnvironment, type LabPaths } from './lab-paths.ts';
import { run, type RunOptions, type RunResult } from './run.ts';

/** The namespace of the controller and its clients: the lab's networks, and the machine's own files. */
export class ControllerPlace {
  readonly namespace: string;
  readonly address: string = hostAddress(ctlNumber);
  readonly #paths: LabPaths;

  constructor(paths: LabPaths) {
    this.namespace = paths.ctl;
    this.#paths = paths;
  }

  /** Runs a command to its end. */
  exec(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(this.#enter(argv), { ...options, env: labEnvironment(this.#paths, options.env) });
  }

  /** Starts a process, for example `ferry serve`. */
  spawn(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [file = '', ...rest] = this.#enter(argv);
    return spawn(file, rest, { ...options, env: labEnvironment(this.#paths, options.env) });
  }

  #enter(argv: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.namespace, ...argv];
  }
}
