import type { ElementRow } from './element-row.ts';
import { bootRows } from './rows-of-booting.ts';
import { characterDeviceRows } from './rows-of-character-devices.ts';
import { diskRows } from './rows-of-disks.ts';
import { hostDeviceRows } from './rows-of-host-devices.ts';
import { interfaceRows } from './rows-of-interfaces.ts';
import { processorRows } from './rows-of-processors.ts';
import { screenRows } from './rows-of-screens.ts';
import { domainRows } from './rows-of-the-domain.ts';

/** A group of rows, as the document tells them. */
export interface RowGroup {
  readonly title: string;
  readonly rows: readonly ElementRow[];
}

/** The table: each element and attribute that libvirt's schema of a domain knows has a row, in one of these groups. */
export const rowGroups: readonly RowGroup[] = [
  { title: 'The domain', rows: domainRows },
  { title: 'Booting, machine and clock', rows: bootRows },
  { title: 'Processors and memory', rows: processorRows },
  { title: 'Disks', rows: diskRows },
  { title: 'Interfaces', rows: interfaceRows },
  { title: 'Character devices', rows: characterDeviceRows },
  { title: 'Screens, sound and input', rows: screenRows },
  { title: 'Devices of the host and other devices', rows: hostDeviceRows },
];

export const allRows: readonly ElementRow[] = rowGroups.flatMap(({ rows }) => rows);
