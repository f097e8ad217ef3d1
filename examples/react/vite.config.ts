import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  // Variables without the prefix VITE_ stay in this process, so the token is never part of the page.
  const { API_URL = "http://127.0.0.1:4000", API_TOKEN } = loadEnv(mode, process.cwd(), "API_");
  const headers = API_TOKEN ? { authorization: `Bearer ${API_TOKEN}` } : undefined;
  return {
    plugins: [react()],
    // The page sends requests to its own origin, so it needs no CORS. `vite preview` uses this proxy too.
    server: { proxy: { "/graphql": { target: API_URL, headers } } },
  };
});
