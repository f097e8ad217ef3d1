import { useMutation } from "@apollo/client/react";
import { useRef } from "react";
import { DeleteIdentityDocument } from "../generated/graphql";
import { messageOf } from "../parts/message-of.ts";
import { useStatus } from "../status/use-status.ts";
import { goTo, paths } from "../use-route.ts";
import { takeOutOfList } from "./take-out-of-list.ts";

/** Deletes an identity, after a question. */
export function DeleteIdentity({ id, name }: { id: string; name: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const say = useStatus();
  const [remove, { data, error, loading, reset }] = useMutation(DeleteIdentityDocument, {
    variables: { input: { id } },
    update: (cache, result) => {
      if (result.data?.deleteIdentity?.deletedIdentityId) takeOutOfList(cache, id);
    },
    onCompleted: ({ deleteIdentity }) => {
      if (!deleteIdentity?.deletedIdentityId) return;
      say(`${name} was deleted.`);
      goTo(paths.list);
    },
    // What goes wrong is in `error`.
    onError: () => undefined,
  });
  const faults = error ? [messageOf(error)] : (data?.deleteIdentity?.userErrors.map(({ message }) => message) ?? []);

  return (
    <section className="panel" aria-labelledby="delete">
      <h2 id="delete">Delete</h2>
      <p className="muted">The identity and its sessions are gone for good.</p>
      <button type="button" className="danger" onClick={() => dialog.current?.showModal()}>
        Delete identity…
      </button>
      {/* The browser keeps the focus inside, closes it with Escape, and gives the focus back. */}
      <dialog ref={dialog} aria-labelledby="delete-question" onClose={reset}>
        <h2 id="delete-question">
          Delete <bdi>{name}</bdi>?
        </h2>
        <p>This cannot be undone.</p>
        {faults.length > 0 && (
          <p className="fault" role="alert">
            {faults.join(" ")}
          </p>
        )}
        <div className="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" className="danger solid" aria-disabled={loading} onClick={() => void (loading || remove())}>
            {loading ? "Deleting…" : "Delete"}
          </button>
        </div>
      </dialog>
    </section>
  );
}
