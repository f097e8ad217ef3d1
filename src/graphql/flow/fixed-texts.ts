/*
 * The texts of Kratos that are the same for every user, by their numbers, as recorded from v0.6.3, v1.3.1 and v26.2.0. Some
 * numbers had another text before. A text with a variable part is not listed, even if the variable is harmless.
 */
const FIXED_TEXTS: Readonly<Record<string, readonly string[]>> = {
  1010001: ["Sign in"],
  1010003: ["Please confirm this action by verifying that it is you."],
  1010004: ["Please complete the second authentication challenge."],
  1010006: ["Authentication code"],
  1010007: ["Backup recovery code"],
  1010008: ["Sign in with hardware key"],
  1010009: ["Use Authenticator"],
  1010010: ["Use backup recovery code"],
  1010012: ["Prepare your WebAuthn device (e.g. security key, biometrics scanner, ...) and press continue."],
  1010013: ["Continue"],
  1010014: [
    "An email containing a code has been sent to the email address you provided. If you have not received an email, check the spelling of the address and retry the login.",
    "A code was sent to the address you provided. If you didn't receive it, please check the spelling of the address and try again.",
  ],
  1010015: ["Send sign in code"],
  1010021: ["Sign in with passkey"],
  1010022: ["Sign in with password"],
  1040001: ["Sign up"],
  1040004: ["Sign up with security key"],
  1040005: [
    "An email containing a code has been sent to the email address you provided. If you have not received an email, check the spelling of the address and retry the registration.",
    "A code has been sent to the address(es) you provided. If you have not received a message, check the spelling of the address and retry the registration.",
  ],
  1040006: ["Send sign up code"],
  1040007: ["Sign up with passkey"],
  1040008: ["Back"],
  1040009: ["Please choose a credential to authenticate yourself with."],
  1050001: ["Your changes have been saved!"],
  1050004: ["Unlink TOTP Authenticator App"],
  1050005: ["Authenticator app QR code"],
  1050007: ["Reveal backup recovery codes"],
  1050008: ["Generate new backup recovery codes"],
  1050010: ["These are your back up recovery codes. Please keep them in a safe place!"],
  1050011: ["Confirm backup recovery codes"],
  1050012: ["Add security key"],
  1050013: ["Name of the security key"],
  1050016: ["Disable this method"],
  1050017: ["This is your authenticator app secret. Use it if you can not scan the QR code."],
  1050019: ["Add passkey"],
  1060002: [
    "An email containing a recovery link has been sent to the email address you provided.",
    "An email containing a recovery link has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.",
  ],
  1060003: [
    "An email containing a recovery code has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.",
  ],
  1060006: ["How do you want to recover your account?"],
  1060007: ["Back"],
  1070001: ["Password", "An email containing a verification link has been sent to the email address you provided."],
  1070003: ["Save"],
  1070004: ["ID"],
  1070005: ["Submit"],
  1070006: ["Verify code"],
  1070007: ["Email"],
  1070008: ["Resend code"],
  1070009: ["Continue"],
  1070010: ["Recovery code"],
  1070011: ["Verification code"],
  1070012: ["Registration code"],
  1070013: ["Login code"],
  1070016: ["Recovery address"],
  1080001: [
    "An email containing a verification link has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.",
  ],
  1080002: ["You successfully verified your email address."],
  1080003: [
    "An email containing a verification code has been sent to the email address you provided. If you have not received an email, check the spelling of the address and make sure to use the address you registered with.",
  ],
  4000002: [
    "Property password_identifier is missing.",
    "Property password is missing.",
    "Property webauthn_register is missing.",
    "Property identifier is missing.",
  ],
  4000006: ["The provided credentials are invalid, check for spelling mistakes in your password or username, email address, or phone number."],
  4000007: ["An account with the same identifier (email, phone, username, ...) exists already."],
  4000008: ["The provided authentication code is invalid, please try again."],
  4000009: ["Could not find any login identifiers. Did you forget to set them? This could also be caused by a server misconfiguration."],
  4000016: ["The backup recovery code is not valid."],
  4000031: ["The password can not be used because it is too similar to the identifier."],
  4000035: ["This account does not exist or has not setup sign in with code."],
  4000037: ["This account does not exist or has no login method configured."],
  4000040: ["Enter a valid email address"],
  4010002: ["Could not find a strategy to log you in with. Did you fill out the form correctly?"],
  4010003: ["Could not find a strategy to sign you up with. Did you fill out the form correctly?"],
  4010004: ["Could not find a strategy to update your settings. Did you fill out the form correctly?"],
  4010008: ["The login code is invalid or has already been used. Please try again."],
  4040003: ["The registration code is invalid or has already been used. Please try again."],
  4060004: ["The recovery token is invalid or has already been used. Please retry the flow."],
  4060006: ["The recovery code is invalid or has already been used. Please try again."],
  4070001: ["The verification token is invalid or has already been used. Please retry the flow."],
  4070006: ["The verification code is invalid or has already been used. Please try again."],
};

const TEXTS = new Map(Object.entries(FIXED_TEXTS));

/** The messages and reasons of self-service errors that are the same for every user, from the sources of the same versions. */
const FIXED_ERROR_TEXTS: ReadonlySet<string> = new Set([
  "An internal server error occurred, please contact the system administrator",
  "Invalid configuration",
  "The request could not be authorized",
  "The request was malformed or contained invalid parameters",
  "The requested action was forbidden",
  "The requested resource could not be found",
  "The requested resource is no longer available because it has expired or is otherwise invalid.",
  "The resource could not be created due to a conflict",
  "Upstream error",
  "This is a stub error.",

  "A request failed due to a missing or invalid csrf_token value.",
  "CSRF token is missing or invalid.",
  "the request was rejected to protect you from Cross-Site-Request-Forgery",
  "Please retry the flow and optionally clear your cookies. The request was rejected to protect you from Cross-Site-Request-Forgery (CSRF) which could cause account takeover, leaking personal information, and other serious security issues.",

  "Recovery is not allowed because it was disabled.",
  "Registration is not allowed because it was disabled.",
  "Verification is not allowed because it was disabled.",
  "registration flow disabled",

  "you are already logged in",
  "A valid session was detected and thus login is not possible. Did you forget to set `?refresh=true`?",
  "A valid session was detected and thus recovery is not possible.",
  "A valid session was detected and thus registration is not possible.",
  "request does not have a valid authentication session",
  "A valid Ory Session Cookie or Ory Session Token is missing.",
  "No active session was found in this request.",
  "No valid session cookie found.",
  "This endpoint can only be accessed with a valid session. Please log in and try again.",
  "This endpoint can only be accessed without a login session. Please log out and try again.",
  "The login session is too old and thus not allowed to update these fields. Please re-authenticate.",
  "Unable to log out because the logout token in the URL query does not match the session cookie.",
  "aal2 and aal3 can only be requested if a session exists already",
  "You can not requested a higher AAL (AAL2/AAL3) without an active session.",
  "session has the requested authenticator assurance level already",
  "The session has the requested AAL already.",
  "Session does not fulfill the requested Authenticator Assurance Level",

  "The flow query parameter is missing or malformed.",
  "The recovery request could not be found. Please restart the flow.",
  "The settings request could not be found. Please restart the flow.",
  "The verification request could not be found. Please restart the flow.",
  "The request was made for another identity and has been blocked for security reasons.",
  "The request was initiated by someone else and has been blocked for security reasons. Please go back and try again.",
  "session is not resumable",
  "no resumable session found",
  "No resumable session could be found in the HTTP Header.",
  "The browser does not contain the necessary cookie to resume the session. This is a security violation and was blocked. Please clear your browser's cookies and cache and try again!",
  "The flow has been blocked for security reasons because it was initiated by another person..",
  "You must restart the flow because the resumable session has expired.",
  "You must restart the flow because the resumable session was initiated by another person.",
]);

/** True if the text is the same for every user. */
export function isFixedText(id: number, text: string): boolean {
  return TEXTS.get(String(id))?.includes(text) ?? false;
}

/** True if the message or reason of a self-service error is the same for every user. */
export function isFixedErrorText(text: string): boolean {
  return FIXED_ERROR_TEXTS.has(text);
}
