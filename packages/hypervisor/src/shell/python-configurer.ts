import { type CopyProgramFacts, daemonPrograms, type FileEdit, type RunningDaemons } from '@ferry/model';
import type { ConfigurationChange, HostConfigurer } from '../contract/host-shell.ts';
import type { ProgramProcess } from './program-process.ts';
import { ProgramQuestions } from './program-questions.ts';

/** A daemon that is to end has some time for that, and then commands have theirs. */
const applySeconds = 240;
/** openssl on a host that is busy. */
const keySeconds = 60;
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

  async daemons(): Promise<RunningDaemons> {
    const { running } = await this.#questions.ask({ look: true }, 0);
    if (typeof running !== 'object' || running === null) return {};
    const told = new Map(Object.entries(running));
    const argvOf = (program: string): string[] => {
      const argv: unknown = told.get(program);
      return Array.isArray(argv) ? argv.filter((word) => typeof word === 'string') : [];
    };
    return Object.fromEntries(
      daemonPrograms.map((program) => [program, argvOf(program)]).filter(([, argv]) => argv?.length !== 0),
    );
  }

  async request(
    wanted: Parameters<HostConfigurer['request']>[0],
    anew: boolean,
  ): Promise<Readonly<Record<string, string>>> {
    return textsOf(await this.#questions.ask({ request: { wanted, anew } }, keySeconds));
  }

  async waitingKeys(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return textsOf(await this.#questions.ask({ waitingKeys: { names } }, keySeconds));
  }

  async forgetKeys(names: readonly string[]): Promise<void> {
    await this.#questions.ask({ forgetKeys: { names } }, 0);
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

/** Texts by their names, of what a host says; a request or a key is short. */
function textsOf({ texts }: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  if (typeof texts !== 'object' || texts === null) return {};
  const told = Object.entries(texts).filter(([, text]) => typeof text === 'string' && text.length < 16_384);
  return Object.fromEntries(told) as Readonly<Record<string, string>>;
}
