import { DeadlineError, type ConnectionKind, type NetworkError } from "./fetch.js";

const HTTPS_URL = "if it expects TLS, the URL must begin with https://";

/** What to do about a connection that fails, by the code that Node.js, OpenSSL or undici gives the error. */
const ADVICE: readonly (readonly [code: RegExp, advice: string | ((connection: ConnectionKind) => string)])[] = [
  [/^ECONNREFUSED$/, "nothing listens at this address: check that Kratos is running, and that host and port of the URL are correct"],
  [/^(ENOTFOUND|EAI_AGAIN)$/, "the host name cannot be resolved: check the host of the URL, and the DNS of this machine"],
  [
    /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    "nothing responds at this address: check host and port of the URL, and that network policies and firewalls allow the connection",
  ],
  [
    /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/,
    "the certificate of Kratos was issued by a CA that is not trusted: set KRATOS_CA_FILE to a file with the certificate of this CA",
  ],
  [/^CERT_HAS_EXPIRED$/, "the certificate of Kratos, or of its CA, has expired: renew it"],
  [/^CERT_NOT_YET_VALID$/, "the certificate of Kratos, or of its CA, is not valid yet: check the clock of this machine"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "the certificate of Kratos is for another host: use one of the host names in the certificate in KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL"],
  [/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/, "Kratos requires a client certificate: set KRATOS_CLIENT_CERT_FILE and KRATOS_CLIENT_KEY_FILE"],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_(EXPIRED|UNKNOWN|REVOKED))|DECRYPT_ERROR/, "Kratos does not accept the certificate in KRATOS_CLIENT_CERT_FILE"],
  [/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/, "nothing at this address responds with TLS: the URL may have to begin with http://"],
  [/^HPE_/, ({ isTls }) => `what responds at this address does not speak HTTP: ${isTls ? "check the port of the URL" : HTTPS_URL}`],
  [/^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/, describeClosed],
];

/** Many servers refuse a client without saying why. */
function describeClosed({ isTls, hasClientCertificate }: ConnectionKind): string {
  const refused = !isTls
    ? "Kratos may expect TLS: then the URL must begin with https://"
    : hasClientCertificate
      ? "Kratos may not accept the certificate in KRATOS_CLIENT_CERT_FILE"
      : "Kratos may require a client certificate: set KRATOS_CLIENT_CERT_FILE and KRATOS_CLIENT_KEY_FILE";
  return `the connection was closed without a response. If this is so for each request, ${refused}`;
}

const NO_CONNECTION = "no connection was established in time: check host and port of the URL, and that network policies and firewalls allow the connection";
const NO_RESPONSE = "the connection works, but no response came in time: see the Kratos log, and check that its database is available and that it is not overloaded";

/** What the network reported, and what to do about it. For the operator only, as it may contain addresses. */
export function getNetworkDetail(error: DeadlineError | NetworkError, connection: ConnectionKind): string {
  if (error instanceof DeadlineError) return `${error.name}: ${error.message.replace(/\.$/, "")}; ${error.wasSent ? NO_RESPONSE : NO_CONNECTION}`;
  // OpenSSL's message spans lines, and has the reason in the middle.
  const reported = (error.cause.cause ?? error.cause) as NodeJS.ErrnoException & { readonly reason?: string };
  const { name, message, code = "", reason = message } = reported;
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(code)) ?? [];
  const text = typeof advice === "function" ? advice(connection) : advice;
  return `${name}: ${reason || code}${text ? `; ${text}` : ""}`;
}

/** What Go, nginx and other servers respond if TLS is expected. */
const TLS_EXPECTED = /HTTP request (to an|was sent to) HTTPS (server|port)/;

/** What to do about a response with status 400 that comes from the TLS of a server. Undefined if it does not. */
export function getTlsAdvice(text: string): string | undefined {
  return TLS_EXPECTED.test(text) ? "the server at this address expects TLS: the URL must begin with https://" : undefined;
}
