/** What a secret is called in QEMU's options (`secret,id=…,data=…`, `password=`, `iscsi.password=`, `key-secret=`). */
const secretOption = /([\w.-]*(?:pass|secret|token|key|data)[\w.-]*)=[^,\s]*/gi;
/** Attributes whose value is one, whatever element they are of. */
const secretName = /pass(?:wd|word|phrase)$|token$/i;
/** Parts that libvirt hands through to QEMU unread. */
const unread = /^(?:commandline|override)\//;

/** The value of an element or attribute as it may be shown and written down: asterisks are where a secret stands or may stand. */
export function withoutSecrets(path: string, value: string): string {
  if (value === '') return value;
  if (secretName.test(path)) return '***';
  return unread.test(path) ? value.replace(secretOption, '$1=***') : value;
}
