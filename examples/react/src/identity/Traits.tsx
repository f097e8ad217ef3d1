import type { JsonObject } from "kratos-graphql/codegen";
import { paths } from "../use-route";
import { TraitValue } from "./TraitValue";

export function Traits({ identity: { id, traits } }: { identity: { id: string; traits: JsonObject } }) {
  return (
    <section className="panel" aria-labelledby="traits">
      <div className="with-button">
        <h2 id="traits">Traits</h2>
        <a className="button" href={paths.edit(id)}>
          Edit traits
        </a>
      </div>
      {Object.keys(traits).length === 0 ? <p className="muted">None.</p> : <TraitValue value={traits} />}
    </section>
  );
}
