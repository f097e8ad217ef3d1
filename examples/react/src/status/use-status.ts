import { createContext, useContext } from "react";

export const StatusContext = createContext<(message: string) => void>(() => {});

/** Returns a function that shows a short message on the page at the current address. */
export function useStatus(): (message: string) => void {
  return useContext(StatusContext);
}
