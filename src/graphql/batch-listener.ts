/** The loaders, by the names that metrics have for them. */
export type LoaderName = "identity" | "identity_schema";

/** Hears how many keys a loader asks for at once. */
export type BatchListener = (loader: LoaderName, size: number) => void;
