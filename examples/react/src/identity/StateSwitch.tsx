import { useMutation } from "@apollo/client/react";
import { PatchIdentityDocument, type IdentityState } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import { useStatus } from "../status/use-status";

/** Deactivates or activates an identity after confirmation. */
export function StateSwitch({ id, name, state }: { id: string; name: string; state: IdentityState }) {
  const say = useStatus();
  const [patch] = useMutation(PatchIdentityDocument);
  const isActive = state === "ACTIVE";
  return (
    <Confirm
      label={isActive ? "Deactivate…" : "Activate…"}
      danger={isActive}
      question={
        <>
          {isActive ? "Deactivate" : "Activate"} <bdi>{name}</bdi>?
        </>
      }
      action={isActive ? "Deactivate" : "Activate"}
      meanings={{ INVALID: "The traits of this identity do not match its schema. Correct them first." }}
      onConfirm={async () => (await patch({ variables: { input: { id, state: isActive ? "INACTIVE" : "ACTIVE" } } })).data?.patchIdentity?.userErrors}
      onDone={() => say(`${name} is ${isActive ? "inactive" : "active"} now.`)}
    >
      <p>{isActive ? "An inactive identity cannot sign in, and Kratos does not accept its sessions." : "The identity can sign in again, and Kratos accepts its sessions that have not expired."}</p>
    </Confirm>
  );
}
