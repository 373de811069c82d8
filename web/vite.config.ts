import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8000" } },
  build: {
    outDir: "dist",
    manifest: true,
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    // The desk, the pages that buyers and suppliers open by a link, and the handhelds of the floor.
    rolldownOptions: { input: ["index.html", "track.html", "partner.html", "pda.html"] },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
