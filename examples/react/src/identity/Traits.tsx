import { TraitValue } from "./TraitValue";

export function Traits({ traits }: { traits: Record<string, unknown> }) {
  return (
    <section className="panel" aria-labelledby="traits">
      <h2 id="traits">Traits</h2>
      {Object.keys(traits).length === 0 ? <p className="muted">None.</p> : <TraitValue value={traits} />}
    </section>
  );
}
