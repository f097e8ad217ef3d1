import type { JsonObject } from "kratos-graphql/codegen";
import { useEffect, useMemo, useRef, type FormEvent } from "react";
import { flatten, traitFieldsOf } from "../form/trait-fields";
import { TraitValue } from "../identity/TraitValue";
import { compareTraits, mergeTraits, type TraitChange } from "./trait-changes";

interface Props {
  /** The identity schema, which has the labels of the traits. */
  identitySchema: JsonObject;
  /** The traits that the user began with, those that someone else has saved, and those in the form. */
  before: JsonObject;
  theirs: JsonObject;
  mine: JsonObject;
  onSave: (traits: JsonObject) => void;
  /** Discards what is in the form. */
  onDiscard: () => void;
}

/** Shows what someone else has changed next to what the user entered, and lets the user choose where they differ. */
export function Conflict({ identitySchema, before, theirs, mine, onSave, onDiscard }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [theirs]);
  const labels = useMemo(() => new Map(flatten(traitFieldsOf(identitySchema)).map(({ key, label }) => [key, label])), [identitySchema]);
  const labelOf = ({ path }: TraitChange) => labels.get(["traits", ...path].join(".")) ?? path.join(".");

  const changes = compareTraits(before, theirs, mine);
  const contested = changes.filter(({ isContested }) => isContested);
  const settled = changes.filter(({ isContested }) => !isContested);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const choices = new FormData(event.currentTarget);
    onSave(mergeTraits(mine, changes, new Set(contested.filter((_, index) => choices.get(`choice-${index}`) === "theirs"))));
  };

  return (
    <form className="panel form" aria-labelledby="conflict" onSubmit={submit}>
      <h2 id="conflict" ref={title} tabIndex={-1}>
        Someone else has changed this identity
      </h2>
      <p>Nothing of yours is saved yet.{contested.length > 0 && " Choose what to keep where you both changed the same."}</p>
      {contested.map((change, index) => (
        <fieldset key={change.path.join(".")} className="contested">
          <legend>{labelOf(change)}</legend>
          <Choice name={`choice-${index}`} value="mine" of="Yours" shown={change.mine} />
          <Choice name={`choice-${index}`} value="theirs" of="Theirs" shown={change.theirs} />
          <Before value={change.before} />
        </fieldset>
      ))}
      {settled.length > 0 && (
        <>
          <h3>{contested.length > 0 ? "They also changed" : "They changed"}</h3>
          <dl>
            {settled.map((change) => (
              <div key={change.path.join(".")}>
                <dt>{labelOf(change)}</dt>
                <dd>
                  <Shown value={change.theirs} />
                  <Before value={change.before} />
                </dd>
              </div>
            ))}
          </dl>
          <p className="muted">This stays as it is. Your changes are added to it.</p>
        </>
      )}
      <div className="buttons">
        <button type="button" onClick={onDiscard}>
          Discard mine
        </button>
        <button type="submit" className="primary">
          Save
        </button>
      </div>
    </form>
  );
}

function Choice({ name, value, of, shown }: { name: string; value: "mine" | "theirs"; of: string; shown: TraitChange["mine"] }) {
  return (
    <label>
      <input type="radio" name={name} value={value} defaultChecked={value === "mine"} />
      <span className="muted">{of}</span> <Shown value={shown} />
    </label>
  );
}

function Before({ value }: { value: TraitChange["before"] }) {
  return (
    <div className="before muted">
      Before: <Shown value={value} />
    </div>
  );
}

/** A value, or that there is none. */
function Shown({ value }: { value: TraitChange["mine"] }) {
  if (value === undefined || value === null) return <em>nothing</em>;
  return typeof value === "object" ? <TraitValue value={value} /> : <bdi>{String(value)}</bdi>;
}
