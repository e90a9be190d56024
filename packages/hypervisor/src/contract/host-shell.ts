import type {
  CompressionMethod,
  CopyFailureCode,
  CopyProgramFacts,
  DoorReached,
  FileEdit,
  FixCommand,
  HostExamination,
  LinkReading,
  Owner,
  ReachedPlace,
  RestartPlan,
  RunningDaemons,
} from '@ferry/model';
import type { Call } from './call.ts';
import type { FileState } from './host-storage.ts';

/** Why the copying of a file ended early, and on which host that was found. */
export class CopyFailure extends Error {
  override readonly name = 'CopyFailure';
  readonly code: CopyFailureCode;
  readonly host: string;

  constructor(code: CopyFailureCode, host: string, message: string, cause?: unknown) {
    super(`${host}: ${message}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.host = host;
  }
}

/** The one certificate that both sides of an encrypted copy show and believe, with its key, as PEM. */
export interface CopyCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What the receiving side of a copy is told. */
export interface ReceiveOrder {
  readonly path: string;
  /** Where it is written until it is whole: a name in the same directory that no other migration has. */
  readonly part: string;
  /** What stands at `path` came with an earlier try of the same migration, and is gone on with. */
  readonly mine: boolean;
  readonly owner: Owner | null;
  /** The address that the sender will connect to. */
  readonly address: string;
  /** TCP ports to listen on, first and last. */
  readonly ports: readonly [number, number];
  readonly token: string;
  /** Null: not encrypted. */
  readonly tls: CopyCertificate | null;
  /** Nothing going through for so long ends it. */
  readonly stallSeconds: number;
}

/** What the sending side is told. */
export interface SendOrder {
  readonly path: string;
  readonly address: string;
  readonly port: number;
  readonly token: string;
  readonly tls: CopyCertificate | null;
  /** Bytes of the file that the receiver has already. */
  readonly from: number;
  /** Bytes a second at most, on the wire; null for no limit. */
  readonly rate: number | null;
  readonly compression: CompressionMethod | null;
  readonly stallSeconds: number;
  readonly connectSeconds: number;
}

/** Where a file's sending began: behind what both sides have alike, or at its begin. */
export interface SendingBegan {
  readonly from: number;
  readonly length: number;
}

/** What was sent and how. `bytes` are of the file, `wireBytes` those that took their way. */
export interface FileSent {
  readonly digest: string;
  readonly bytes: number;
  readonly wireBytes: number;
}

/** What became of a sending while it runs. */
export interface SendingListener {
  began(began: SendingBegan): void;
  progress(reading: LinkReading): void;
}

/** Ferry's copying program on one host. It ends with its closing, whatever it does. All errors are CopyFailure. */
interface CopyProgram {
  readonly facts: CopyProgramFacts;
  close(): void;
}

export interface FileReceiver extends CopyProgram {
  /** Opens the file and listens. `have`: bytes of an earlier try. */
  listen(order: ReceiveOrder): Promise<{ readonly port: number; readonly have: number }>;
  /** Waits until all has come, is hashed as it was written, and is on the disk. */
  received(): Promise<{ readonly digest: string; readonly bytes: number }>;
  /** Gives the file its owner and its name; what stands there is never replaced. */
  publish(): Promise<void>;
}

export interface FileSender extends CopyProgram {
  /** Sends the file's data, and waits until the receiver has it on its disk. */
  send(order: SendOrder, listener: SendingListener): Promise<FileSent>;
  /** From the next piece on, what is sent is compressed. */
  compress(method: CompressionMethod): void;
}

/** A file's digest, and what it was like when it was read. */
export interface FileDigest extends FileState {
  readonly digest: string;
}

/** Where a connection is to go. */
export interface Place {
  readonly name: string;
  readonly port: number;
}

/** Ferry's examining program on one host: it looks, and changes nothing. All errors are CopyFailure. */
export interface HostExaminer extends CopyProgram {
  examine(): Promise<HostExamination>;
  /** How far connections to other hosts get; each is given up after so long. */
  reach(places: readonly Place[], seconds: number): Promise<readonly ReachedPlace[]>;
  /** Listens on the first free one of these ports for a while, for who knows the token. Throws where none is free. */
  open(door: {
    readonly ports: readonly [number, number];
    readonly token: string;
    readonly seconds: number;
  }): Promise<{ readonly port: number }>;
  /** Connects to a port that another host has opened, and, for so long, measures what the way carries; 0: it does not. */
  knock(
    place: Place,
    how: { readonly token: string; readonly seconds: number; readonly measureSeconds: number },
  ): Promise<DoorReached>;
  /** Why this host and libvirtd of another one do not believe each other, by TLS and the certificates in these files; null: they do. */
  greet(
    place: Place,
    files: { readonly authority: string; readonly certificate: string; readonly key: string },
    seconds: number,
  ): Promise<{ readonly refusal: string | null }>;
}

/** What is to be changed on a host. */
export interface ConfigurationChange {
  /** What it is undone by: hexadecimal digits and hyphens. */
  readonly id: string;
  readonly files: readonly {
    readonly path: string;
    /** What is to be in it; or the name of a key that waits on the host, and becomes its content there. */
    readonly content: string | { readonly waitingKey: string };
    readonly mode: number;
    readonly gid: number;
  }[];
  /** Settings as they are written, by file. */
  readonly settings: readonly { readonly path: string; readonly values: Readonly<Record<string, string>> }[];
  /** Further changes of files, one after the other. */
  readonly edits: readonly FileEdit[];
  /** Run when all files are written, one after the other; undone in the other order. */
  readonly commands: readonly FixCommand[];
  readonly restart: RestartPlan | null;
  /** So long it has to be told that all is well, or all is put back. */
  readonly seconds: number;
}

/** Ferry's configuring program on one host: it changes files and starts libvirtd anew. All errors are CopyFailure. */
export interface HostConfigurer extends CopyProgram {
  /** Command lines of libvirt's daemons that run, by their programs. */
  daemons(): Promise<RunningDaemons>;
  /**
   * Makes keys on the host that wait there under names, its root's alone, where none of that name does yet (`anew`: new ones in
   * any case), and requests of certificates for them; as PEM, by name. A key never leaves its host.
   */
  request(
    wanted: readonly {
      readonly name: string;
      readonly names: readonly string[];
      readonly usages: readonly string[];
    }[],
    anew: boolean,
  ): Promise<Readonly<Record<string, string>>>;
  /** Public halves of the keys that wait under these names, as PEM, of those that are there. */
  waitingKeys(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Keys of these names wait no longer. */
  forgetKeys(names: readonly string[]): Promise<void>;
  /** What edits would make of the files that are there, as `diff -u` writes it; empty: they are so already. Changes nothing. */
  preview(edits: readonly FileEdit[]): Promise<readonly string[]>;
  /**
   * Keeps what is there, starts what puts it back after a while without anybody, writes, runs commands, and restarts the daemon where that is
   * said. Guests go on.
   */
  apply(change: ConfigurationChange): Promise<void>;
  /** All is well, and stays; false: it was put back already. */
  confirm(id: string): Promise<boolean>;
  /** Puts everything back now; whether it was. */
  rollBack(id: string): Promise<boolean>;
}

/** A shell on a host: an optimisation where it is there. Nothing is installed by it. */
export interface HostShell {
  /** Starts the program; throws CopyFailure `no-shell` or `no-python`. The signal ends it, also later. */
  receiver(call?: Call): Promise<FileReceiver>;
  sender(call?: Call): Promise<FileSender>;
  /** Starts the examining program, by the same rules. */
  examiner(call?: Call): Promise<HostExaminer>;
  /** Starts the configuring program, by the same rules. */
  configurer(call?: Call): Promise<HostConfigurer>;
  /** The digest of a file, read on its host; throws CopyFailure. It takes as long as it takes: the deadline is of the start. */
  digest(path: string, call?: Call): Promise<FileDigest>;
}
