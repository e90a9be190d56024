import type { Element } from '@xmldom/xmldom';
import type { SecretFacts, SecretRef } from '@ferry/model';
import { at, attribute, requiredText, rootOf, textOf, writeXml } from './parse-xml.ts';

/** How a disk names a kind of secret, and what libvirt calls its use: a passphrase belongs to a volume. */
const usageTypes: Readonly<Record<string, string>> = { passphrase: 'volume' };
/** The element that tells what a secret is for, by its use. */
const usageElements: Readonly<Record<string, string>> = {
  volume: 'volume',
  iscsi: 'target',
  ceph: 'name',
  tls: 'name',
  vtpm: 'name',
};

/** The secrets that an element names anywhere in it (https://libvirt.org/formatsecret.html). */
export function readSecretRefs(element: Element, defaultType: string): SecretRef[] {
  return [...element.getElementsByTagName('secret')].map((one) => {
    const type = attribute(one, 'type') ?? defaultType;
    const uuid = attribute(one, 'uuid')?.toLowerCase() ?? null;
    return {
      usageType: usageTypes[type] ?? type,
      uuid,
      usage: uuid === null ? attribute(one, 'usage') : null,
    };
  });
}

/** Reads a secret's XML; whether it has a value is asked elsewhere. */
export function readSecretXml(xml: string): Omit<SecretFacts, 'hasValue'> {
  const secret = rootOf(xml, 'secret');
  const usage = at(secret, 'usage');
  const usageType = attribute(usage, 'type') ?? 'none';
  const told = usage === null ? null : textOf(at(usage, usageElements[usageType] ?? 'name'));
  return {
    uuid: requiredText(secret, 'uuid').toLowerCase(),
    usageType,
    usage: told ?? '',
    isPrivate: attribute(secret, 'private') === 'yes',
  };
}

/** A secret's definition for another host, under the same uuid: it is there to stay, also where it was of memory alone. */
export function portableSecretXml(xml: string): string {
  const secret = rootOf(xml, 'secret');
  requiredText(secret, 'uuid');
  return writeXml(secret);
}
