import type { ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** A process that answers each line of JSON with one. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('the process was started without a pipe from its output');
    const lines: Interface = createInterface({ input: child.stdout });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** One measurement; throws when the process ends instead. */
  async ask<T>(...question: readonly unknown[]): Promise<T> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true)
      throw new Error(`the process ended (${this.#child.exitCode}) at ${JSON.stringify(question)}`);
    return JSON.parse(value) as T;
  }

  end(): void {
    this.#child.stdin?.end();
  }
}
