import {
  askedPrograms,
  askedSettings,
  askedUnits,
  certificatePlaces,
  type CopyProgramFacts,
  type DoorReached,
  type HostExamination,
  type ReachedPlace,
  tlsDirectories,
} from '@ferry/model';
import { CopyFailure, type HostExaminer, type Place } from '../contract/host-shell.ts';
import type { ProgramProcess } from './program-process.ts';
import { ProgramQuestions } from './program-questions.ts';
import { readCertificates, readDoor, readFirstLook, readReached } from './read-examination.ts';

/** The examining program behind a shell: a question at a time, each with its answer. */
export class PythonExaminer implements HostExaminer {
  readonly facts: CopyProgramFacts;
  readonly #name: string;
  readonly #questions: ProgramQuestions;

  constructor(name: string, program: ProgramProcess, facts: CopyProgramFacts) {
    this.#name = name;
    this.#questions = new ProgramQuestions(name, program);
    this.facts = facts;
  }

  async examine(): Promise<HostExamination> {
    const before = Date.now();
    const told = await this.#questions.ask(
      {
        examine: {
          units: askedUnits,
          processes: askedPrograms,
          settings: {
            '/etc/libvirt/qemu.conf': askedSettings.qemu,
            '/etc/libvirt/libvirtd.conf': askedSettings.libvirtd,
            '/etc/libvirt/virtproxyd.conf': askedSettings.libvirtd,
          },
          directories: Object.values(tlsDirectories),
        },
      },
      0,
    );
    const after = Date.now();
    const { at, found, tls } = readFirstLook(told);
    const places = certificatePlaces(tls);
    const certificates = places.map(({ path }) => path);
    const keys = places.flatMap(({ keyPath }) => keyPath ?? []);
    const files = await this.#questions.ask({ files: { certificates, keys } }, 0);
    return {
      ...found,
      // It was read at some time between the question and the answer.
      clock: { aheadMs: at * 1000 - (before + after) / 2, uncertaintyMs: (after - before) / 2 },
      certificates: readCertificates(tls, files),
    };
  }

  async reach(places: readonly Place[], seconds: number): Promise<readonly ReachedPlace[]> {
    const reach = places.map(({ name, port }) => ({ name, port, seconds }));
    return readReached(await this.#questions.ask({ reach }, seconds));
  }

  async open(door: Parameters<HostExaminer['open']>[0]): Promise<{ port: number }> {
    const { port } = await this.#questions.ask({ open: door }, 0);
    const [first, last] = door.ports;
    // The other host connects there: one that was taken over must not choose where.
    if (typeof port !== 'number' || !Number.isInteger(port) || port < first || port > last)
      throw new CopyFailure(
        'other',
        this.#name,
        `it names the port ${JSON.stringify(port)}, and was given ${first} to ${last}`,
      );
    return { port };
  }

  async knock(place: Place, how: Parameters<HostExaminer['knock']>[1]): Promise<DoorReached> {
    return readDoor(
      await this.#questions.ask({ knock: { ...place, ...how } }, how.seconds + how.measureSeconds),
    );
  }

  async greet(
    place: Place,
    files: Parameters<HostExaminer['greet']>[1],
    seconds: number,
  ): Promise<{ refusal: string | null }> {
    const { refusal } = await this.#questions.ask({ greet: { ...place, ...files, seconds } }, seconds);
    return { refusal: typeof refusal === 'string' ? refusal.slice(0, 500) : null };
  }

  close(): void {
    this.#questions.close();
  }
}
