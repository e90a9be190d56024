import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { newSecretKey, type SecretKey, SecretKeys, secretKey } from './sealed-text.ts';

const ofOthers = 0o077;

/** A key file that must not be used, or that does not open what is in the database. The message says what to do. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
  readonly code = 'bad-key-file';
}

/** The keys of a controller, one a line in base64, the current one first; its owner's alone (0600). */
export class KeyFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get isThere(): boolean {
    return existsSync(this.path);
  }

  /** Throws KeyFileError. */
  read(): SecretKeys {
    const { mode } = statSync(this.path);
    if ((mode & ofOthers) !== 0)
      throw new KeyFileError(
        `The key file ${this.path} has mode ${(mode & 0o777).toString(8)}, and is to be its owner's alone: chmod 600 ${this.path}.`,
      );
    const [current, ...former] = readFileSync(this.path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => this.#readLine(line, index + 1));
    if (current === undefined)
      throw new KeyFileError(`The key file ${this.path} is empty: bring it back from its copy.`);
    return new SecretKeys(current, former);
  }

  /** Makes the file with a new key. */
  make(): SecretKeys {
    return this.#write([newSecretKey()]);
  }

  /** Puts a new key first. The ones that were there stay until what they have sealed is sealed anew. */
  addKey(keys: SecretKeys): SecretKeys {
    return this.#write([newSecretKey(), ...keys.all]);
  }

  /** Leaves the current key alone in the file. */
  dropFormer(keys: SecretKeys): SecretKeys {
    return this.#write([keys.current]);
  }

  #readLine(line: string, number: number): SecretKey {
    try {
      return secretKey(Buffer.from(line, 'base64'));
    } catch (cause) {
      throw new KeyFileError(
        `Line ${number} of the key file ${this.path} is no key of 32 bytes in base64: bring the file back from its copy.`,
        { cause },
      );
    }
  }

  /** On the disk before anything is sealed with it: whole, or as it was before. */
  #write(keys: readonly [SecretKey, ...SecretKey[]]): SecretKeys {
    const lines = keys.map(({ bytes }) => `${Buffer.from(bytes).toString('base64')}\n`);
    const beside = `${this.path}.new`;
    rmSync(beside, { force: true });
    writeFileSync(beside, lines.join(''), { mode: 0o600, flag: 'wx', flush: true });
    renameSync(beside, this.path);
    const directory = openSync(dirname(this.path), 'r');
    fsyncSync(directory);
    closeSync(directory);
    const [current, ...former] = keys;
    return new SecretKeys(current, former);
  }
}
