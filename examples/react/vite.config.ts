import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

export default defineConfig(({ mode }) => {
  // Names without VITE_ stay in this process: the page, and who reads its files, never sees the token.
  const { API_URL = "http://127.0.0.1:4000", API_TOKEN } = loadEnv(mode, process.cwd(), "API_");
  const headers = API_TOKEN ? { authorization: `Bearer ${API_TOKEN}` } : undefined;
  return {
    plugins: [react()],
    // The page asks its own origin, so no CORS is needed. `vite preview` takes this over.
    server: { proxy: { "/graphql": { target: API_URL, headers } } },
  };
});
