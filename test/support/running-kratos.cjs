/** Runs before the contract suite on a real Kratos. Prints its version, and which tests it cannot run. */
module.exports = async () => {
  const { KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, KRATOS_SHORT_LIVED_ADMIN_URL } = process.env;
  if (!KRATOS_ADMIN_URL || !KRATOS_PUBLIC_URL) throw new Error("Set KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL to a running Kratos.");
  const { version } = await (await fetch(`${KRATOS_ADMIN_URL}/version`)).json();
  const schema = async (id) => {
    const response = await fetch(`${KRATOS_PUBLIC_URL}/schemas/${id}`);
    return response.ok ? (await response.json()).properties?.traits?.properties ?? {} : {};
  };
  const [person, device] = [await schema("default"), await schema("device")];
  if (!person.email) throw new Error('The suite needs an identity schema "default" whose traits have an "email".');
  if (person.age && person.name && device.serial) process.env.KRATOS_HAS_SAMPLE_SCHEMAS = "yes";
  const skipped = [
    !process.env.KRATOS_HAS_SAMPLE_SCHEMAS && "tests of the schemas in src/fake-kratos/schemas (configure them as `default` and `device`)",
    !KRATOS_SHORT_LIVED_ADMIN_URL && "expired and disabled flows (set KRATOS_SHORT_LIVED_ADMIN_URL and …_PUBLIC_URL to a second Kratos)",
  ].filter(Boolean);
  console.log(`\nKratos ${version} at ${KRATOS_ADMIN_URL}. Skipped: ${skipped.join("; ") || "nothing"}.`);
};
