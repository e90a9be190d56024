import type { Compared, Finding, Severity } from '../check/finding.ts';
import type { DoctorCode } from './fix/fix-table.ts';

/** What to type, by whose packages a host has. */
export interface RemedyCommands {
  readonly debian: readonly string[];
  readonly redhat: readonly string[];
}

/** What was found at a host, or on the way from it to another. */
export interface DoctorFinding extends Finding {
  /** Name of the host. */
  readonly host: string;
  /** Name of the other host of a pair; null: it is of the host alone. */
  readonly peer: string | null;
  /** To be run on the host (of a pair: on `host`, unless the remedy says otherwise); null: none would do. */
  readonly commands: RemedyCommands | null;
}

/** Hosts by name, as a finding is of one or of two. */
export interface FindingPlace {
  readonly host: string;
  readonly peer: string | null;
}

/** Makes findings of one code at one place. */
export class Findings {
  readonly #place: FindingPlace;
  readonly #code: DoctorCode;

  constructor(code: DoctorCode, host: string, peer: string | null = null) {
    this.#code = code;
    this.#place = { host, peer };
  }

  ok(message: string, compared: Compared = {}): DoctorFinding {
    return this.#make('ok', message, compared, '', null);
  }

  noted(message: string, compared: Compared = {}): DoctorFinding {
    return this.#make('info', message, compared, '', null);
  }

  /** A fact could not be had. */
  unknown(message: string, remedy: string): DoctorFinding {
    return this.#make('unknown', message, {}, remedy, null);
  }

  warning(message: string, compared: Compared, remedy: string, commands?: RemedyCommands): DoctorFinding {
    return this.#make('warning', message, compared, remedy, commands ?? null);
  }

  error(message: string, compared: Compared, remedy: string, commands?: RemedyCommands): DoctorFinding {
    return this.#make('error', message, compared, remedy, commands ?? null);
  }

  #make(
    severity: Severity,
    message: string,
    compared: Compared,
    remedy: string,
    commands: RemedyCommands | null,
  ): DoctorFinding {
    return { code: this.#code, severity, message, compared, remedy, ...this.#place, commands };
  }
}

/** The same commands for both families. */
export function onBoth(...commands: readonly string[]): RemedyCommands {
  return { debian: commands, redhat: commands };
}

/** From harmless to harmful; what is not known is worse than a warning: it may be anything. */
const order: readonly Severity[] = ['ok', 'info', 'warning', 'unknown', 'error'];

/** The worst severity among findings; `ok` where there are none. */
export function worstOf(findings: readonly Pick<Finding, 'severity'>[]): Severity {
  return findings.reduce<Severity>(
    (worst, { severity }) => (order.indexOf(severity) > order.indexOf(worst) ? severity : worst),
    'ok',
  );
}
