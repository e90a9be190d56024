import { type ChildProcess, spawn } from 'node:child_process';
import { until } from '@ferry/lab';
import { ferryCommand } from '../ferry-command.ts';

/** `ferry console` as somebody has it open, and all that it has shown. */
export class ConsoleTerminal implements Disposable {
  readonly #child: ChildProcess;
  #shown = '';
  #code: number | null = null;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => {
        this.#shown += part.toString('latin1');
      });
    child.on('close', (code) => {
      this.#code = code ?? -1;
    });
  }

  /** On the data directory of a controller. */
  static async open(dataDirectory: string, ...words: string[]): Promise<ConsoleTerminal> {
    const env = { ...process.env, FERRY_DATA: dataDirectory };
    const terminal = new ConsoleTerminal(spawn(ferryCommand, ['console', ...words], { env }));
    await terminal.shows(/leaves it/);
    return terminal;
  }

  /** All of it, from its begin. */
  get shown(): string {
    return this.#shown;
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until a text stands in what it has shown from a place on. */
  shows(text: RegExp, from = 0): Promise<string> {
    return until(`the console shows ${String(text)}`, 60_000, () => {
      const found = text.exec(this.#shown.slice(from))?.[0] ?? null;
      if (found === null && this.#code !== null)
        throw new Error(`ferry console ended with ${this.#code}: ${this.#shown}`);
      return Promise.resolve(found);
    });
  }

  /** Waits until the command has ended; its exit code. */
  ended(): Promise<number> {
    return until('ferry console ends', 120_000, () => Promise.resolve(this.#code));
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}
