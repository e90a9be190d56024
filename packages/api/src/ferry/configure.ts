import { type Static, Type } from 'typebox';
import { component, nullable } from './schema-parts.ts';

/** What a certificate of a host is for; of `qemu` as the target and the source of migrations. */
const CertificateRole = Type.Union([
  Type.Literal('libvirt-server'),
  Type.Literal('libvirt-client'),
  Type.Literal('qemu'),
  Type.Literal('vnc'),
]);

/** Whether keys that wait already are to be made anew. */
export const RequestCertificatesSchema = Type.Object(
  {
    anew: Type.Optional(
      Type.Boolean({
        description: 'new keys, though some wait already: what was signed for those is of no use then',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RequestCertificatesBody = Static<typeof RequestCertificatesSchema>;

/** Requests of certificates for keys that were made on a host, and stay there. */
export const CertificateRequestsSchema = component(
  'CertificateRequests',
  Type.Object({
    host: Type.String(),
    names: Type.Array(Type.String(), { description: 'names and addresses that they are to be good for' }),
    requests: Type.Array(
      Type.Object({ role: CertificateRole, request: Type.String({ description: 'PKCS #10, PEM' }) }),
    ),
  }),
);
export type CertificateRequestsBody = Static<typeof CertificateRequestsSchema>;

/** How a host is to be. */
export const ConfigureHostSchema = Type.Object(
  {
    transport: Type.Union([Type.Literal('tls'), Type.Literal('tcp'), Type.Literal('ssh')], {
      description:
        'how other hosts reach its libvirtd; tcp has no authentication and is for labs alone; ssh leaves libvirtd as it is. It gets certificates for migrations with each of them',
    }),
    rotate: Type.Optional(
      Type.Boolean({ description: 'new certificates, though those that are there are good' }),
    ),
    replaceAuthority: Type.Optional(
      Type.Boolean({
        description:
          'whether the certificate of an authority that somebody else has put there may be replaced',
      }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'only say what would be done' })),
    certificates: Type.Optional(
      Type.Object(
        {
          authority: Type.String({
            minLength: 1,
            maxLength: 65_536,
            description: 'the certificate of the authority with those above it, PEM',
          }),
          signed: Type.Array(
            Type.Object(
              { role: CertificateRole, certificate: Type.String({ minLength: 1, maxLength: 65_536 }) },
              { additionalProperties: false },
            ),
            { minItems: 1, maxItems: 4 },
          ),
        },
        {
          additionalProperties: false,
          description:
            "what an authority of one's own has signed for the host's requests; without it the controller's own signs",
        },
      ),
    ),
  },
  { additionalProperties: false },
);
export type ConfigureHostBody = Static<typeof ConfigureHostSchema>;

/** What is done, or would be. */
export const ConfiguredSchema = component(
  'ConfiguredHost',
  Type.Object({
    host: Type.String(),
    result: Type.Union([Type.Literal('as-wanted'), Type.Literal('planned'), Type.Literal('configured')]),
    peerUri: Type.String({ description: 'how the other hosts reach it from now on' }),
    plan: Type.Object({
      because: nullable(Type.String({ description: 'why there are new certificates; null: there are none' })),
      files: Type.Array(
        Type.Object({
          use: Type.String(),
          part: Type.Union([Type.Literal('authority'), Type.Literal('certificate'), Type.Literal('key')]),
          path: Type.String(),
          mode: Type.Integer(),
          gid: Type.Integer(),
          isNew: Type.Boolean(),
        }),
      ),
      othersAuthorities: Type.Array(Type.String(), {
        description: 'certificates of authorities that somebody else has put there, which it would replace',
      }),
      settings: Type.Array(
        Type.Object({
          path: Type.String(),
          name: Type.String(),
          before: nullable(Type.String()),
          after: Type.String(),
        }),
      ),
      restart: nullable(
        Type.Union([
          Type.Object({
            kind: Type.Literal('commands'),
            commands: Type.Array(Type.Array(Type.String())),
            undo: Type.Array(Type.Array(Type.String()), { description: 'what takes it back' }),
          }),
          Type.Object({
            kind: Type.Literal('process'),
            program: Type.Union([Type.Literal('libvirtd'), Type.Literal('virtproxyd')]),
          }),
        ]),
      ),
      ports: Type.Array(Type.String(), {
        description: 'what its firewall has to let the other hosts get to',
      }),
      notes: Type.Array(Type.String()),
    }),
    proofs: Type.Array(
      Type.Object({
        from: Type.String(),
        to: Type.String(),
        refusal: nullable(Type.String({ description: 'why they do not believe each other; null: they do' })),
      }),
    ),
  }),
);
export type ConfiguredBody = Static<typeof ConfiguredSchema>;
