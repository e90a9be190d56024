import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Leads standard input and output to a unix socket, and writes down with which words it was called. */
const bridge = `
import { connect } from 'node:net';
import { appendFileSync } from 'node:fs';
const [name, log, path, ...words] = process.argv.slice(2);
appendFileSync(log, JSON.stringify([name, ...words]) + '\\n');
const socket = connect(path);
socket.on('close', () => process.exit());
process.stdin.pipe(socket).pipe(process.stdout);
`;

/** Programs that another host may have. */
export type FarProgram = 'virt-ssh-helper' | 'nc' | 'nc-with-q' | 'socat';

/** A program that behaves like ssh, and the host that it reaches, with no other programs than are asked for. */
export class FarSide implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "ferry-far-it's "));
  /** For the parameter `command`. */
  readonly ssh = join(this.folder, 'ssh');
  readonly #programs = join(this.folder, 'programs');
  readonly #calls = join(this.folder, 'calls');
  readonly #pids = join(this.folder, 'pids');

  constructor(daemonSocket: string, programs: readonly FarProgram[]) {
    mkdirSync(this.#programs);
    writeFileSync(join(this.folder, 'bridge.mjs'), bridge);
    for (const tool of ['sh', 'grep']) symlinkSync(`/bin/${tool}`, join(this.#programs, tool));
    for (const program of programs) this.add(program, daemonSocket);
    this.#write(this.ssh, this.#sshScript('exec sh -c "$command"'));
  }

  /** Puts a program there; whatever socket it is told, it leads to this daemon. */
  add(program: FarProgram, daemonSocket: string, name: string = program.replace('-with-q', '')): void {
    const words = [process.execPath, join(this.folder, 'bridge.mjs'), name, this.#calls, daemonSocket];
    const run = `exec ${words.map((word) => quote(word)).join(' ')} "$@"`;
    const asked = program === 'nc-with-q' ? 'nc: option requires an argument -- q' : 'nc: unknown option';
    const question = `if [ "$*" = -q ]; then echo "${asked}" >&2; exit 1; fi`;
    this.#write(join(this.#programs, name), `${program.startsWith('nc') ? question : ''}\n${run}`);
  }

  /** Has ssh do something else than run the command: a script of lines. */
  sshDoes(script: string): void {
    this.#write(this.ssh, this.#sshScript(script));
  }

  /** Everything that was called there, with its words. */
  get calls(): string[][] {
    return linesOf(this.#calls).map((line) => JSON.parse(line) as string[]);
  }

  /** Process numbers of all that was started as ssh. */
  get pids(): number[] {
    return linesOf(this.#pids).map(Number);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #sshScript(then: string): string {
    return `echo $$ >> ${quote(this.#pids)}
for command; do :; done
PATH=${quote(this.#programs)}; export PATH
${then}`;
  }

  #write(path: string, script: string): void {
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
}

function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
