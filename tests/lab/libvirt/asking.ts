import type { Lab, LabHost } from '@ferry/lab';
import type { Answer, Question } from './ask-daemon.ts';

/** How and where it is asked. */
export interface AskingOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What /etc/hosts has; the machine's own when not given. */
  readonly hostsFile?: string;
  /** Among this host's networks and processes, under its name; but with the machine's files. */
  readonly inside?: LabHost;
}

/** The program that asks. */
export const script: string = new URL('ask-daemon.ts', import.meta.url).pathname;

/** Asks daemons from inside a lab's network, by a process of its own. That it ends shows that nothing is left open. */
export class Asking {
  readonly #lab: Lab;
  readonly #options: AskingOptions;

  constructor(lab: Lab, options: AskingOptions = {}) {
    this.#lab = lab;
    this.#options = options;
  }

  /** The same with something added or other. */
  with(options: AskingOptions): Asking {
    const env = { ...this.#options.env, ...options.env };
    return new Asking(this.#lab, { ...this.#options, ...options, env });
  }

  /** Runs any command in the place of who asks. */
  async run(
    argv: readonly string[],
    input = '',
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const env = { ...process.env, ...this.#options.env };
    return this.#lab.ctl.exec([...this.#enter(), ...argv], { env, input });
  }

  /** The same for one that must succeed, and have nothing to complain of; gives what it printed. */
  async must(argv: readonly string[], input = ''): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv, input);
    if (code === 0 && stderr === '') return stdout;
    throw new Error(`${argv.join(' ')}: exit code ${code}: ${stderr}${stdout}`);
  }

  /** Asks one question after the other. */
  async all(...questions: Question[]): Promise<Answer[]> {
    return JSON.parse(await this.must([process.execPath, script, JSON.stringify(questions)])) as Answer[];
  }

  async one(uri: string, options: Question['options'] = {}, more: Partial<Question> = {}): Promise<Answer> {
    const [answer] = await this.all({ uri, options, ...more });
    return answer ?? {};
  }

  /** `ip netns exec` has given the process mounts of its own: what is mounted here nobody else sees. */
  #enter(): string[] {
    const { inside, hostsFile } = this.#options;
    const enter = inside === undefined ? [] : ['nsenter', '-t', String(inside.pid), '-n', '-u', '-p', '--'];
    if (hostsFile === undefined) return enter;
    return [...enter, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hostsFile];
  }
}
