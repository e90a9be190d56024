import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import type { LabHost } from '@ferry/lab';

/** What Debian's python3-libvirt says: a value in plain form, libvirt's error number, or that it has no such call. */
export type PythonAnswer =
  | { readonly value: unknown }
  | { readonly refused: number }
  | { readonly missing: true };

const script = new URL('ask-libvirt.py', import.meta.url).pathname;
/** Longer than any call of these tests takes. */
const answerDeadlineMs = 60_000;

/** python3-libvirt in one process of a host, connected to a driver there: the yardstick for our own answers. */
export class PythonLibvirt {
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  /** `names` are expressions that questions may use by name. */
  constructor(host: LabHost, uri: string, names: Readonly<Record<string, string>>) {
    writeFileSync(host.pathOnMachine('/run/ask-libvirt.py'), readFileSync(script));
    const argv = ['python3', '/run/ask-libvirt.py', uri, JSON.stringify(names)];
    this.#process = host.spawn(argv, { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdout, stderr } = this.#process;
    if (stdout === null || stderr === null) throw new Error('python3 was started without pipes');
    this.#lines = createInterface({ input: stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
    stderr.on('data', (piece: Buffer) => (this.#errors += piece.toString()));
  }

  /** The answer to one expression. */
  async ask(expression: string): Promise<PythonAnswer> {
    return this.#exchange({ ask: expression });
  }

  /** The value of an expression that must have one. */
  async value(expression: string): Promise<unknown> {
    const answer = await this.ask(expression);
    if (!('value' in answer)) throw new Error(`python: ${expression}: ${JSON.stringify(answer)}`);
    return answer.value;
  }

  /** Does something that must succeed, and keeps what it gives under a name. */
  async keep(name: string, expression: string): Promise<void> {
    const answer = await this.#exchange({ ask: expression, keep: name });
    if (!('value' in answer)) throw new Error(`python: ${expression}: ${JSON.stringify(answer)}`);
  }

  end(): void {
    this.#process.stdin?.end();
    this.#lines.close();
  }

  async #exchange(question: { ask: string; keep?: string }): Promise<PythonAnswer> {
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), answerDeadlineMs);
    this.#process.stdin?.write(`${JSON.stringify(question)}\n`);
    const line = await this.#answers.next().finally(() => clearTimeout(kill));
    if (line.done === true) throw new Error(`python ended at ${question.ask}: ${this.#errors}`);
    const answer = JSON.parse(line.value) as PythonAnswer | { broken: string };
    if ('broken' in answer) throw new Error(`python: ${question.ask}: ${answer.broken}`);
    return answer;
  }
}
