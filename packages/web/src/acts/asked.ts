import type { QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/** Something that is filled in before it is asked for. */
export interface AskedField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** `lines`: several lines; `flag`: on or off ('true' or ''); `several`: those that are on, one a line; `file`: what it says is in the files. */
  readonly kind: 'text' | 'number' | 'password' | 'lines' | 'flag' | 'choice' | 'several' | 'file';
  /** Of a choice, or of several. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly initial?: string;
  /** It may stay empty. */
  readonly isOptional?: boolean;
  readonly autoComplete?: string;
}

/** What was filled in, by the names of the fields. Values are as typed, without the blanks around them. */
export interface Filled {
  readonly values: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, File>>;
}

/** Something that is asked of the controller after a look at what it means. */
export interface Asked {
  readonly title: string;
  /** What becomes of it. */
  readonly text?: ReactNode;
  /** The word on the button. */
  readonly act: string;
  readonly isDangerous?: boolean;
  readonly fields?: readonly AskedField[];
  readonly run: (filled: Filled) => Promise<unknown>;
  /** What is read anew when it is done. */
  readonly changes: readonly QueryKey[];
  /** What there is to see of the answer before the dialog is closed; the dialog closes by itself where there is nothing. */
  readonly result?: (answer: unknown) => ReactNode;
  readonly onDone?: (answer: unknown) => void;
}
