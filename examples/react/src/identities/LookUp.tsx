import { goTo, paths } from "../use-route";

/** Opens the identity with the given ID. */
export function LookUp() {
  const lookUp = (form: FormData) => {
    const id = String(form.get("id")).trim();
    if (id) goTo(paths.identity(id));
  };
  return (
    <form className="look-up" role="search" action={lookUp}>
      <label className="unseen" htmlFor="look-up">
        Look up by ID
      </label>
      <input id="look-up" name="id" placeholder="Look up by ID" autoComplete="off" spellCheck={false} required />
      <button type="submit">Look up</button>
    </form>
  );
}
