import type { DoctorFinding } from '../doctor-finding.ts';
import type { DoctorCode } from './fix-table.ts';

/** A change of one file of a host. Made twice, it is made once. */
export type FileEdit =
  /** Lines of /etc/hosts: names are taken from lines of the loopback, and lines are added. */
  | {
      readonly kind: 'hosts';
      readonly path: '/etc/hosts';
      readonly drop: readonly string[];
      readonly add: readonly { readonly address: string; readonly name: string }[];
    }
  | { readonly kind: 'whole'; readonly path: string; readonly content: string; readonly mode: number }
  /** Lines at the end of a file; the command must find it well afterwards. */
  | {
      readonly kind: 'append';
      readonly path: string;
      readonly lines: readonly string[];
      readonly check: readonly string[];
    }
  /** Who may read a file; a group that is null stays. */
  | { readonly kind: 'access'; readonly path: string; readonly mode: number; readonly gid: number | null };

/** A command and what takes it back; null: it cannot be taken back, and need not be. */
export interface FixCommand {
  readonly run: readonly string[];
  readonly undo: readonly string[] | null;
}

/** What mends one finding. */
export interface DoctorFix {
  readonly code: DoctorCode;
  /** Id of the host that it is done on, which of a way may be the other one. */
  readonly on: string;
  /** What it mends, as it was found. */
  readonly finding: DoctorFinding;
  /** What is done, as a sentence. */
  readonly what: string;
  readonly edits: readonly FileEdit[];
  readonly commands: readonly FixCommand[];
  /** Done as `ferry host configure` does it. */
  readonly configure: { readonly transport: 'tls' | 'ssh'; readonly rotate: boolean } | null;
}

/** What is wrong and is left to a person. */
export interface LeftFinding {
  readonly finding: DoctorFinding;
  readonly why: string;
}

/** What is done about findings. */
export interface FixPlan {
  readonly fixes: readonly DoctorFix[];
  readonly left: readonly LeftFinding[];
}

/** What one rule makes of a finding: what mends it, or why nothing does. */
export type Mending =
  | { readonly kind: 'fix'; readonly fix: Omit<DoctorFix, 'code' | 'finding'> }
  | { readonly kind: 'left'; readonly why: string };

export function left(why: string): Mending {
  return { kind: 'left', why };
}

/** A fix with what it has of edits, commands or a configuration. */
export function fix(
  on: string,
  what: string,
  has: Partial<Pick<DoctorFix, 'edits' | 'commands' | 'configure'>>,
): Mending {
  return { kind: 'fix', fix: { on, what, edits: [], commands: [], configure: null, ...has } };
}
