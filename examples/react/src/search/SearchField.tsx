import { goTo, paths } from "../use-route";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Opens the identity with the given ID, or the search for anything else. */
export function SearchField({ text }: { text?: string }) {
  const search = (form: FormData) => {
    const entered = String(form.get("text")).trim();
    if (entered) goTo(UUID.test(entered) ? paths.identity(entered) : paths.search(entered));
  };
  return (
    <form className="search" role="search" action={search}>
      <label className="unseen" htmlFor="search">
        Email address, other identifier, or ID
      </label>
      <input id="search" name="text" type="search" defaultValue={text} placeholder="Email, username or ID" maxLength={255} autoCapitalize="none" autoComplete="off" spellCheck={false} required />
      <button type="submit">Search</button>
    </form>
  );
}
