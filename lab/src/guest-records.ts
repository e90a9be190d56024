import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './lab-error.ts';

/** What a lab remembers of a guest: where it runs is asked, not remembered. */
export interface GuestRecord {
  readonly name: string;
  readonly uuid: string;
  /** Gives the guest's address, hardware address and tap. */
  readonly number: number;
  readonly address: string;
  /** Path of its disk on its hosts. */
  readonly diskPath: string;
}

/** As many guests as a machine of this size boots. */
export const maxGuests = 12;

/** The guests ever made in a lab, one file each: several processes make guests in one lab and share nothing else. */
export class GuestRecords {
  readonly #directory: string;

  constructor(labDirectory: string) {
    this.#directory = join(labDirectory, 'guests');
  }

  /** Takes a number that nobody has: the next free one, or the wanted one. */
  claim(wanted?: number): number {
    mkdirSync(this.#directory, { recursive: true });
    for (let number = wanted ?? 1; number <= (wanted ?? maxGuests); number += 1)
      if (number <= maxGuests && this.#take(number)) return number;
    throw new LabError(
      wanted === undefined
        ? `A lab has at most ${maxGuests} guests on a machine of this size.`
        : `Guest number ${wanted} is taken, or not from 1 to ${maxGuests}.`,
    );
  }

  /** Gives a number back that no guest came of. */
  release(number: number): void {
    rmSync(this.#path(number), { force: true });
  }

  write(record: GuestRecord): void {
    const path = this.#path(record.number);
    writeFileSync(`${path}.new`, JSON.stringify(record));
    renameSync(`${path}.new`, path);
  }

  all(): GuestRecord[] {
    return this.#files()
      .map((file) => readFileSync(join(this.#directory, file), 'utf8'))
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as GuestRecord)
      .sort((one, other) => one.number - other.number);
  }

  #files(): string[] {
    try {
      return readdirSync(this.#directory).filter((file) => file.endsWith('.json'));
    } catch {
      return [];
    }
  }

  /** The kernel lets one process alone make a file. */
  #take(number: number): boolean {
    try {
      writeFileSync(this.#path(number), '', { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  }

  #path(number: number): string {
    return join(this.#directory, `${number}.json`);
  }
}
