import type { Lab } from '@ferry/lab';
import type { Answer, Question } from './ask-daemon.ts';

/** The program that asks: run inside the lab's network. */
export const script: string = new URL('ask-daemon.ts', import.meta.url).pathname;

/** Asks daemons from inside a lab's network, by a process of its own. That it ends shows that nothing is left open. */
export class Asking {
  readonly #lab: Lab;
  readonly #env: Readonly<Record<string, string>>;
  readonly #prefix: readonly string[];

  /** `env` is added to the environment of who asks, `prefix` is put before the command. */
  constructor(lab: Lab, env: Readonly<Record<string, string>> = {}, prefix: readonly string[] = []) {
    this.#lab = lab;
    this.#env = env;
    this.#prefix = prefix;
  }

  /** The same with more, or something else, in the environment. */
  with(env: Readonly<Record<string, string>>): Asking {
    return new Asking(this.#lab, { ...this.#env, ...env }, this.#prefix);
  }

  /** Runs any command as who asks; it must succeed. */
  async run(argv: readonly string[], input = ''): Promise<string> {
    const env = { ...process.env, ...this.#env };
    const { code, stdout, stderr } = await this.#lab.ctl.exec([...this.#prefix, ...argv], { env, input });
    if (code !== 0 || stderr !== '')
      throw new Error(`${argv.join(' ')}: exit code ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Asks one question after the other. */
  async all(...questions: Question[]): Promise<Answer[]> {
    return JSON.parse(await this.run([process.execPath, script, JSON.stringify(questions)])) as Answer[];
  }

  async one(uri: string, options: Question['options'] = {}): Promise<Answer> {
    const [answer] = await this.all({ uri, options });
    return answer ?? {};
  }
}
