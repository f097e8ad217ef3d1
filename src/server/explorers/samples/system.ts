import type { Sample } from "./sample.js";

export const system: Sample = {
  name: "System",
  document: `query Version {
  version
}

query Health {
  health { alive ready errors { name message } }
}

# Kratos' own metrics, in Prometheus' text format.
query Metrics {
  metrics
}
`,
  variables: {},
};
