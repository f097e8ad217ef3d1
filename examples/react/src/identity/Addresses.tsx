import { useMutation } from "@apollo/client/react";
import { VerifyAddressDocument, type AddressesOfIdentityFragment } from "../generated/graphql";
import { Confirm } from "../parts/Confirm";
import { HIDDEN } from "../parts/meanings";
import { Panel } from "../parts/Panel";
import { useStatus } from "../status/use-status";

/** The addresses of an identity, each once, with their purpose. */
export function Addresses({ identity }: { identity: AddressesOfIdentityFragment }) {
  const { id, verifiableAddresses: verifiable, recoveryAddresses: recovery } = identity;
  const say = useStatus();
  const [verify] = useMutation(VerifyAddressDocument);
  const values = addressesOf(identity);

  return (
    <Panel id="addresses" title="Addresses">
      {values.length === 0 && <p className="muted">None.</p>}
      <ul className="entries">
        {values.map((value) => {
          const proof = verifiable.find((address) => address.value === value);
          return (
            <li key={value}>
              <div className="line">
                <span>{value}</span>
                {proof && <span className={`badge ${proof.verified ? "good" : "muted"}`}>{proof.verified ? "Verified" : "Not verified"}</span>}
                {recovery.some((address) => address.value === value) && <span className="badge">Recovery</span>}
              </div>
              {proof && !proof.verified && value !== HIDDEN && (
                <Confirm
                  label="Verify…"
                  about={value}
                  question={
                    <>
                      Mark <bdi>{value}</bdi> as verified?
                    </>
                  }
                  action="Mark as verified"
                  meanings={{ INVALID: "This identity no longer has this address." }}
                  onConfirm={async () => (await verify({ variables: { input: { identityId: id, address: value, via: proof.via } } })).data?.verifyAddress?.userErrors}
                  onDone={() => say(`${value} is verified now.`)}
                >
                  <p>Do this only if you know that the address belongs to the user. No message is sent.</p>
                </Confirm>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** All addresses of an identity, each once. */
export function addressesOf({ verifiableAddresses, recoveryAddresses }: AddressesOfIdentityFragment): string[] {
  return [...new Set([...verifiableAddresses, ...recoveryAddresses].map(({ value }) => value))];
}
