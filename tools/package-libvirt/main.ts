import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packLibvirt } from './pack-libvirt.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../packages/libvirt/dist');
mkdirSync(folder, { recursive: true });
console.log(packLibvirt(folder));
