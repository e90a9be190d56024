import type { CopyProgramFacts, FileEdit } from '@ferry/model';
import type { ConfigurationChange, HostConfigurer } from '../contract/host-shell.ts';
import type { ProgramProcess } from './program-process.ts';
import { ProgramQuestions } from './program-questions.ts';

/** A daemon that is to end has some time for that, and then commands have theirs. */
const applySeconds = 240;
/** Of what a host shows as a change more is cut: it is for people. */
const [mostLines, longestLine] = [200, 300] as const;

/** The configuring program behind a shell. */
export class PythonConfigurer implements HostConfigurer {
  readonly facts: CopyProgramFacts;
  readonly #questions: ProgramQuestions;

  constructor(name: string, program: ProgramProcess, facts: CopyProgramFacts) {
    this.#questions = new ProgramQuestions(name, program);
    this.facts = facts;
  }

  async daemon(): Promise<{ argv: readonly string[] }> {
    const { argv } = await this.#questions.ask({ look: true }, 0);
    return { argv: Array.isArray(argv) ? argv.filter((word) => typeof word === 'string') : [] };
  }

  async preview(edits: readonly FileEdit[]): Promise<readonly string[]> {
    const { lines } = await this.#questions.ask({ preview: { edits } }, 0);
    if (!Array.isArray(lines)) return [];
    return lines
      .filter((line) => typeof line === 'string')
      .map((line) => line.slice(0, longestLine))
      .slice(0, mostLines);
  }

  async apply(change: ConfigurationChange): Promise<void> {
    await this.#questions.ask({ apply: change }, applySeconds);
  }

  async confirm(id: string): Promise<boolean> {
    return (await this.#questions.ask({ confirm: { id } }, 0))['confirmed'] === true;
  }

  async rollBack(id: string): Promise<boolean> {
    return (await this.#questions.ask({ rollBack: { id } }, applySeconds))['undone'] === true;
  }

  close(): void {
    this.#questions.close();
  }
}
