import { IDENTITIES } from "../upstream/identities.js";

/** The identities that the cases are about. */
export const SUBJECTS = IDENTITIES.slice(0, 500);

/** Requests about one subject after the other; what a request is about is told by its index again. */
export const subjectAt = (index) => SUBJECTS[index % SUBJECTS.length];
