import { type LibvirtUri, shellCommand } from '@ferry/libvirt';
import type { CompressionMethod, CopyProgramFacts, LinkReading } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import {
  CopyFailure,
  type FileDigest,
  type FileReceiver,
  type FileSender,
  type FileSent,
  type HostConfigurer,
  type HostExaminer,
  type HostShell,
  type ReceiveOrder,
  type SendingBegan,
  type SendingListener,
  type SendOrder,
} from '../contract/host-shell.ts';
import { PythonConfigurer } from './python-configurer.ts';
import { PythonExaminer } from './python-examiner.ts';
import { ProgramProcess } from './program-process.ts';
import { type ProgramSide, programText } from './program-messages.ts';

const defaultStartMs = 30_000;

/** A host's shell that runs the copying program with the host's own python3. */
export class PythonShell implements HostShell {
  readonly #name: string;
  readonly #uri: LibvirtUri;

  private constructor(name: string, uri: LibvirtUri) {
    this.#name = name;
    this.#uri = uri;
  }

  /** The shell that a URI gives; null where it gives none. */
  static of(uri: LibvirtUri): PythonShell | null {
    const name = uri.address.kind === 'ssh' ? uri.address.host : "the controller's machine";
    return shellCommand(uri, '') === null ? null : new PythonShell(name, uri);
  }

  async receiver(call: Call = {}): Promise<FileReceiver> {
    return new Receiver(this.#name, ...(await this.#start('receiver', call)));
  }

  async sender(call: Call = {}): Promise<FileSender> {
    return new Sender(...(await this.#start('sender', call)));
  }

  async examiner(call: Call = {}): Promise<HostExaminer> {
    return new PythonExaminer(this.#name, ...(await this.#start('examiner', call)));
  }

  async configurer(call: Call = {}): Promise<HostConfigurer> {
    return new PythonConfigurer(this.#name, ...(await this.#start('configurer', call)));
  }

  async digest(path: string, call: Call = {}): Promise<FileDigest> {
    const [program] = await this.#start('hasher', call);
    try {
      program.tell({ path });
      return (await program.message('hashed')) as FileDigest;
    } finally {
      program.close();
    }
  }

  async #start(
    side: ProgramSide,
    { signal, deadlineMs = defaultStartMs }: Call,
  ): Promise<[ProgramProcess, CopyProgramFacts]> {
    const text = programText(side);
    const command = shellCommand(this.#uri, text.command);
    if (command === null) throw new CopyFailure('no-shell', this.#name, 'its URI gives no shell');
    const program = new ProgramProcess(this.#name, command, text, signal);
    const { promise, reject } = Promise.withResolvers<never>();
    const deadline = setTimeout(() => {
      reject(
        new CopyFailure('no-shell', this.#name, `the copying program did not start in ${deadlineMs} ms`),
      );
    }, deadlineMs);
    try {
      return [program, (await Promise.race([program.message('ready'), promise])) as CopyProgramFacts];
    } catch (error) {
      program.close();
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }
}

class Receiver implements FileReceiver {
  readonly facts: CopyProgramFacts;
  readonly #name: string;
  readonly #program: ProgramProcess;

  constructor(name: string, program: ProgramProcess, facts: CopyProgramFacts) {
    this.#name = name;
    this.#program = program;
    this.facts = facts;
  }

  async listen(order: ReceiveOrder): Promise<{ port: number; have: number }> {
    this.#program.tell(order);
    const told = (await this.#program.message('listening')) as { port: number; have: number };
    const [first, last] = order.ports;
    // The source connects there: a target that was taken over must not choose where.
    if (!Number.isInteger(told.port) || told.port < first || told.port > last)
      throw new CopyFailure(
        'other',
        this.#name,
        `the receiver names the port ${JSON.stringify(told.port)}, and was given ${first} to ${last}`,
      );
    return told;
  }

  async received(): Promise<{ digest: string; bytes: number }> {
    return (await this.#program.message('received')) as { digest: string; bytes: number };
  }

  async publish(): Promise<void> {
    this.#program.tell({ publish: true });
    await this.#program.message('published');
  }

  close(): void {
    this.#program.close();
  }
}

class Sender implements FileSender {
  readonly facts: CopyProgramFacts;
  readonly #program: ProgramProcess;

  constructor(program: ProgramProcess, facts: CopyProgramFacts) {
    this.#program = program;
    this.facts = facts;
  }

  async send(order: SendOrder, listener: SendingListener): Promise<FileSent> {
    this.#program.onProgress = (reading) => listener.progress(reading as LinkReading);
    this.#program.tell(order);
    listener.began((await this.#program.message('began')) as SendingBegan);
    return (await this.#program.message('sent')) as FileSent;
  }

  compress(method: CompressionMethod): void {
    this.#program.tell({ compression: method });
  }

  close(): void {
    this.#program.close();
  }
}
