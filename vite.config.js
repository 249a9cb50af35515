import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

// Relative base: the built CSS finds its font whatever STATIC_URL is.
export default defineConfig({
  base: "./",
  plugins: [tailwindcss()],
  build: {
    outDir: "frontend/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rollupOptions: {
      input: ["frontend/js/app.js", "frontend/js/chart.js"],
    },
  },
});
