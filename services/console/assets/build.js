// The one build: what browsers get, for Chromium 90 and later, under names that change with the content.
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const SOURCES = "services/console/assets";
const BUILT = ".run/assets";

const { outputFiles } = await build({
  entryPoints: ["console.js", "console.css", "citizen-page.css"].map((name) => `${SOURCES}/${name}`),
  outdir: BUILT,
  bundle: true,
  minify: true,
  write: false,
  legalComments: "none",
  target: "chrome90",
});

const manifest = {};
rmSync(`${BUILT}.new`, { recursive: true, force: true });
mkdirSync(`${BUILT}.new`, { recursive: true });
for (const { path, contents } of outputFiles) {
  const [stem, ending] = path.split("/").pop().split(".");
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  manifest[`${stem}.${ending}`] = `${stem}-${hash}.${ending}`;
  writeFileSync(`${BUILT}.new/${stem}-${hash}.${ending}`, contents);
}
writeFileSync(`${BUILT}.new/manifest.json`, JSON.stringify(manifest));
rmSync(BUILT, { recursive: true, force: true });
renameSync(`${BUILT}.new`, BUILT);
