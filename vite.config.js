import { readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

const TEXT = /\.(js|css|svg)$/;
const WORTH_BYTES = 1024;
const DAY_MS = 86_400_000;

// Writes x.br and x.gz beside what is text, each as small as it gets: the server hands them out as they are.
function compressed() {
  const squeeze = {
    br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }),
    gz: (body) => promisify(gzip)(body, { level: 9 }),
  };
  return {
    name: "compressed",
    async writeBundle({ dir }, bundle) {
      const texts = Object.keys(bundle).filter((fileName) => TEXT.test(fileName));
      for (const path of texts.map((fileName) => join(dir, fileName))) {
        const body = await readFile(path);
        if (body.length < WORTH_BYTES) continue;
        for (const [ending, shrink] of Object.entries(squeeze)) await writeFile(`${path}.${ending}`, await shrink(body));
      }
    },
  };
}

// Pages that are open, and servers that run, still ask for the files of the build before: those stay for a day.
function tidied() {
  return {
    name: "tidied",
    async writeBundle({ dir }, bundle) {
      const folder = join(dir, "assets");
      const isOfThisBuild = (name) => `assets/${name.replace(/\.(br|gz)$/, "")}` in bundle;
      for (const name of await readdir(folder)) {
        const { mtimeMs } = await stat(join(folder, name));
        if (!isOfThisBuild(name) && Date.now() - mtimeMs > DAY_MS) await unlink(join(folder, name));
      }
    },
  };
}

// Relative base: the built CSS finds its font whatever STATIC_URL is.
export default defineConfig({
  base: "./",
  plugins: [tailwindcss(), compressed(), tidied()],
  build: {
    outDir: "frontend/dist",
    emptyOutDir: false,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rollupOptions: {
      input: ["frontend/js/app.js", "frontend/js/talk.js"],
    },
  },
});
