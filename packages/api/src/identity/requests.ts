import { type Static, Type } from 'typebox';
import { nullable } from '../ferry/schema-parts.ts';

// PostgreSQL keeps no NUL.
const pattern = '^[^\\u0000]*$';
const name = Type.String({ minLength: 1, maxLength: 255, pattern });
const id = Type.String({ minLength: 1, maxLength: 64, pattern });
const note = Type.String({ maxLength: 4096, pattern });
const password = Type.String({ minLength: 1, maxLength: 4096, pattern });

// Fields that are not known are let be, as Keystone does; unlike it, Ferry does not keep them.
const userFields = {
  name: Type.Optional(name),
  password: Type.Optional(nullable(password)),
  email: Type.Optional(nullable(note)),
  description: Type.Optional(nullable(note)),
  enabled: Type.Optional(Type.Boolean()),
  default_project_id: Type.Optional(nullable(id)),
  domain_id: Type.Optional(nullable(id)),
};
/** `POST /v3/users`. */
export const NewUserSchema = Type.Object({ user: Type.Object({ ...userFields, name }) });
export type NewUserBody = Static<typeof NewUserSchema>['user'];
/** `PATCH /v3/users/ID`. */
export const ChangedUserSchema = Type.Object({ user: Type.Object(userFields) });
export type ChangedUserBody = Static<typeof ChangedUserSchema>['user'];
/** `POST /v3/users/ID/password`. */
export const NewPasswordSchema = Type.Object({
  user: Type.Object({ password, original_password: password }),
});

const projectFields = {
  name: Type.Optional(name),
  description: Type.Optional(nullable(note)),
  enabled: Type.Optional(Type.Boolean()),
  domain_id: Type.Optional(nullable(id)),
  parent_id: Type.Optional(nullable(id)),
  is_domain: Type.Optional(Type.Literal(false)),
};
/** `POST /v3/projects`. */
export const NewProjectSchema = Type.Object({ project: Type.Object({ ...projectFields, name }) });
export type NewProjectBody = Static<typeof NewProjectSchema>['project'];
/** `PATCH /v3/projects/ID`. */
export const ChangedProjectSchema = Type.Object({ project: Type.Object(projectFields) });
export type ChangedProjectBody = Static<typeof ChangedProjectSchema>['project'];

/** `POST /v3/users/ID/application_credentials`. */
export const NewApplicationCredentialSchema = Type.Object({
  application_credential: Type.Object({
    name,
    description: Type.Optional(nullable(note)),
    secret: Type.Optional(nullable(password)),
    expires_at: Type.Optional(nullable(Type.String({ maxLength: 64 }))),
    unrestricted: Type.Optional(nullable(Type.Boolean())),
    roles: Type.Optional(
      Type.Array(Type.Object({ id: Type.Optional(id), name: Type.Optional(name) }), { maxItems: 50 }),
    ),
    access_rules: Type.Optional(Type.Array(Type.Object({}), { maxItems: 0 })),
  }),
});
export type NewApplicationCredentialBody = Static<
  typeof NewApplicationCredentialSchema
>['application_credential'];

/** What the identity API refuses with, and the title that the body has, as Keystone's. */
const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const;

export type IdentityFaultStatus = keyof typeof titles;

/** The body of a refusal of the identity API. */
export interface IdentityFaultBody {
  readonly error: { readonly code: number; readonly title: string; readonly message: string };
}

export function identityFaultBody(status: IdentityFaultStatus, message: string): IdentityFaultBody {
  return { error: { code: status, message, title: titles[status] } };
}

/** The status that a refusal with this one is told with. */
export function identityFaultStatus(status: number): IdentityFaultStatus {
  return status in titles ? (status as IdentityFaultStatus) : status < 500 ? 400 : 500;
}
