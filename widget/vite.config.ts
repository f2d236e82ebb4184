import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const OUT = "../channels/web/static";
// Old phones are common among the people this is for.
const BROWSERS = ["chrome70", "safari12", "firefox78"];

/** Preact stands in for React: a slow phone parses a third of the script until it can be typed. */
const PREACT = {
  "react/jsx-runtime": "preact/jsx-runtime",
  "react-dom/client": "preact/compat/client",
  "react-dom": "preact/compat",
  react: "preact/compat",
};

/** Put the words of the data file into the page's skeleton: %page.title% and the like. */
function wordsInPage(): Plugin {
  return {
    name: "words-in-page",
    transformIndexHtml(html) {
      const words = JSON.parse(readFileSync("src/words.json", "utf-8"));
      return html.replace(/%(\w+)\.(\w+)%/g, (_, group, name) => words[group][name]);
    },
  };
}

/** The licences of what is bundled, which have to go along with it. */
function licences(packages: string[]): Plugin {
  return {
    name: "licences",
    generateBundle() {
      const source = packages
        .map((name) => {
          const folder = join("node_modules", name);
          const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8"));
          return `${name} ${version}\n\n${readFileSync(join(folder, licenceOf(name)), "utf-8")}`;
        })
        .join("\n\n----\n\n");
      this.emitFile({ type: "asset", fileName: "assets/licences.txt", source });
    },
  };
}

const licenceOf = (name: string): string => (name === "clsx" ? "license" : "LICENSE");

export default defineConfig(({ mode }) =>
  mode === "loader"
    ? {
        build: {
          outDir: OUT,
          emptyOutDir: false,
          target: BROWSERS,
          lib: {
            entry: "loader/widget.ts",
            formats: ["iife"],
            name: "yibaoChat",
            fileName: () => "widget.js",
          },
        },
      }
    : {
        // The page is …/chat, wherever that is: what it names lies in …/chat/assets.
        experimental: {
          renderBuiltUrl: (name, { hostType }) => (hostType === "html" ? `chat/${name}` : { relative: true }),
        },
        plugins: [
          wordsInPage(),
          licences(["preact", "@chatui/core", "clsx", "@babel/runtime", "lean-qr"]),
        ],
        resolve: { alias: PREACT },
        server: { proxy: { "^/chat/(config|questions|session|message|history|feedback)": "http://127.0.0.1:5005" } },
        build: {
          outDir: OUT,
          emptyOutDir: true,
          target: BROWSERS,
          cssTarget: BROWSERS,
          modulePreload: false,
          assetsInlineLimit: 0,
        },
      },
);
