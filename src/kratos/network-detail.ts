/** What an operator does about a connection that TLS forbids, by the code that Node or OpenSSL gives it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/,
    "Kratos' certificate is of an authority that is not known here: set KRATOS_CA_FILE to that authority's certificate",
  ],
  [/^CERT_HAS_EXPIRED$/, "Kratos' certificate, or its authority's, is over: renew it"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "Kratos' certificate is for another host: use one of its names in KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL"],
  [/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/, "Kratos asks for a client certificate: set KRATOS_CLIENT_CERT_FILE and KRATOS_CLIENT_KEY_FILE"],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE)|DECRYPT_ERROR/, "Kratos does not accept the certificate in KRATOS_CLIENT_CERT_FILE"],
  [/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/, "what answers there does not speak TLS: the address may have to begin with http://"],
];

/** What the network did, for the operator's log; with what to do where that is known. */
export function networkDetail(error: unknown): string {
  const { name, message, code = "" } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  const advice = ADVICE.find(([pattern]) => pattern.test(code))?.[1];
  return `${name}: ${message}${advice ? `; ${advice}` : ""}`;
}
