/** What `--help` says after the list of commands. */
export const HELP = `
To try it out, with an embedded Kratos and sample identities:

  kratos-graphql

Before your own Kratos, for callers with a key:

  kratos-graphql keys create --name web-shop --scopes identities:read >web-shop.txt
  grep sha256: web-shop.txt >api-keys
  export KRATOS_ADMIN_URL=http://127.0.0.1:4434 KRATOS_PUBLIC_URL=http://127.0.0.1:4433
  export API_KEYS_FILE=api-keys
  kratos-graphql doctor && kratos-graphql serve

The most important environment variables:

  KRATOS_ADMIN_URL   Kratos' admin API; without it an embedded Kratos is started
  KRATOS_PUBLIC_URL  Kratos' public API: schemas, flows and errors of newer releases
  API_KEYS           who may call, one line of "keys create" a key; or JWT_ISSUER,
                     JWT_AUDIENCE and JWT_JWKS_URL for tokens of an issuer of yours
  HOST, PORT         where to listen, by default 127.0.0.1 and 4000; another HOST
                     than this machine's own takes keys or JWTs
  NODE_ENV           production switches explorers and introspection off
  LOG_LEVEL          trace, debug, info, warn, error or silent

Each can come from a file: its name with _FILE behind it. A problem in them ends the
start with all that is wrong. The README lists the rest.
`;
