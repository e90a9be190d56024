import type { DoctorFinding } from '../doctor-finding.ts';
import type { DoctorHost, DoctorPair } from '../doctor-input.ts';
import { leadsBack } from '../rules-of-ways.ts';
import { placeOfUri } from '../../host/place-of-uri.ts';

/** What a rule judges a finding by. */
export interface FixPlace {
  readonly finding: DoctorFinding;
  readonly host: DoctorHost;
  /** Of a finding of a way: the host that it leads to, and what was tried. */
  readonly way: { readonly to: DoctorHost; readonly pair: DoctorPair } | null;
  /** SHA-256 of this controller's authority; null: it has none yet. */
  readonly authority: string | null;
}

/** Addresses that a host has, as it says; those that have not the form of one are left out. */
export function addressesOf({ shell }: DoctorHost): readonly string[] {
  if (shell.kind !== 'examined') return [];
  return shell.found.addresses.filter((one) => isAddress(one) && !leadsBack(one));
}

/** The address that a host is meant by; null: it has several, and no URI says which. */
export function addressMeant(host: DoctorHost, pair: DoctorPair | null): string | null {
  const own = addressesOf(host);
  const ofUris = [host.host.peerUri, host.host.uri].flatMap((uri) => placeOfUri(uri)?.name ?? []);
  const named = ofUris.find((place) => own.includes(place));
  if (named !== undefined) return named;
  const reached = [...new Set(pair?.libvirtd?.addresses ?? [])].filter((one) => own.includes(one));
  if (reached.length === 1) return reached[0] ?? null;
  return own.length === 1 ? (own[0] ?? null) : null;
}

/** Whether a name is that host's by the controller's own knowledge: what a host says of itself may be another's name. */
export function isNameOf({ host }: DoctorHost, name: string): boolean {
  const ofUris = [host.peerUri, host.uri].flatMap((uri) => placeOfUri(uri)?.name ?? []);
  const isPlain = /^[A-Za-z\d](?:[A-Za-z\d.-]{0,252}[A-Za-z\d])?$/.test(name);
  return isPlain && (name === host.name || name.split('.')[0] === host.name || ofUris.includes(name));
}

export function isIpv6(address: string): boolean {
  return address.includes(':');
}

function isAddress(text: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text.split('.').every((part) => Number(part) <= 255);
  const groups = text.split(':');
  return groups.length >= 3 && groups.length <= 8 && groups.every((group) => /^[\da-f]{0,4}$/i.test(group));
}
