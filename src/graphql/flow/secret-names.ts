/** What a flow's inputs and the queries of its addresses call that which lets whoever has it go on in the user's place. */
export const SECRET_NAMES: readonly string[] = ["token", "code", "session_token", "session_token_exchange_code"];
