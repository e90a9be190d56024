import { CopyFailure } from '../contract/host-shell.ts';
import { answerKey, type ProgramProcess } from './program-process.ts';

/** Beyond what a question is given itself. */
const graceMs = 20_000;

type Told = Readonly<Record<string, unknown>>;

/** Questions to a program behind a shell, one after the other: it works at one at a time. */
export class ProgramQuestions {
  readonly #name: string;
  readonly #program: ProgramProcess;
  #asked = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: string, program: ProgramProcess) {
    this.#name = name;
    this.#program = program;
  }

  /** Its answer; one that takes much longer than so many seconds ends the program. Throws CopyFailure. */
  ask(question: object, seconds: number): Promise<Told> {
    const asked = this.#last.then(() => this.#ask(question, seconds));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  close(): void {
    this.#program.close();
  }

  async #ask(question: object, seconds: number): Promise<Told> {
    this.#asked += 1;
    const number = this.#asked;
    const late = setTimeout(() => this.#program.close(), seconds * 1000 + graceMs);
    try {
      this.#program.tell({ ...question, number });
      const { told } = (await this.#program.message(answerKey(number))) as { told: Told };
      if (typeof told['failed'] === 'string')
        throw new CopyFailure('other', this.#name, told['failed'].slice(0, 500));
      return told;
    } finally {
      clearTimeout(late);
      this.#program.forget(answerKey(number));
    }
  }
}
