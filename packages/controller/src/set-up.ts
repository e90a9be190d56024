// Apart from the controller, which takes a second to load: setting one up needs these alone.
export { makeOwnAuthority } from './certificates/own-authority.ts';
export { isForOthers } from './open-to-others.ts';
export { StartError } from './start-error.ts';
export { readTlsCertificate } from './tls-certificate.ts';
