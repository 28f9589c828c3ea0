import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { walls } from "./setup/walls.mjs";

/**
 * Files of a layer, linted with the types that its compiler configuration gives them.
 *
 * @param {string} tsconfig
 * @param {readonly string[]} files
 * @param {readonly string[]} [ignores]
 */
function typedBy(tsconfig, files, ignores = []) {
  return {
    files: [...files],
    ignores: [...ignores],
    languageOptions: { parserOptions: { project: [tsconfig], tsconfigRootDir: import.meta.dirname } },
  };
}

const tests = ["**/*.test.ts", "**/*.test.tsx"];
const configurations = ["*.config.{js,ts}", "*/*.config.{mjs,ts}"];

export default defineConfig(
  { ignores: ["node_modules/", "kernels/", "dist*/", "release/", ".cache/", ".venv/", "models/", "test-results/", "playwright-report/"] },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { lydlr: walls },
    rules: { "lydlr/imports": "error" },
  },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked],
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Each takes seconds to ask about every name, for enums, class instances and deprecations, of
      // which this project has next to none.
      "@typescript-eslint/no-deprecated": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      // A number reads the same in a template; what must not get there is an object or undefined.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // A port's method is async for the adapter that needs it; the others need not await.
      "@typescript-eslint/require-await": "off",
      // Ports are objects of closures here; their methods may be handed on by themselves.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  typedBy("./shared/tsconfig.json", ["shared/**/*.ts"], tests),
  typedBy("./electron/tsconfig.json", ["electron/**/*.ts", "shared/**/*.test.ts"]),
  typedBy("./renderer/tsconfig.json", ["renderer/**/*.{ts,tsx}"]),
  typedBy("./e2e/tsconfig.json", ["e2e/**/*.ts"]),
  typedBy("./bench/tsconfig.json", ["bench/**/*.ts"]),
  typedBy("./setup/tsconfig.json", ["setup/**/*.ts"]),
  {
    rules: {
      // `== null` asks for both kinds of nothing at once.
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "exports have names, which are the same in every file" },
        { selector: "ExportSpecifier[exported.name='default']", message: "exports have names, which are the same in every file" },
      ],
    },
  },
  { files: ["shared/**/*.ts"], rules: { "lydlr/injected-time-and-chance": ["error", { timers: true }], "no-console": "error" } },
  {
    files: ["renderer/**/*.{ts,tsx}"],
    plugins: { "react-hooks": { rules: reactHooks.rules } },
    // The plugin's other rules run the React compiler over every component, a quarter of the time of the
    // whole lint, and this project does not compile with it.
    rules: { "no-console": "error", "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" },
  },
  { files: ["electron/**/*.ts"], rules: { "lydlr/ipc": "error" } },
  {
    files: ["electron/**/*.ts"],
    ignores: ["electron/time/**", "electron/commands/**"],
    rules: { "lydlr/injected-time-and-chance": "error" },
  },
  { files: configurations, extends: [tseslint.configs.disableTypeChecked], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["setup/**/*.{mjs,cjs}", "eslint.config.js"],
    languageOptions: {
      globals: { process: "readonly", Buffer: "readonly", setTimeout: "readonly", clearTimeout: "readonly", setInterval: "readonly", clearInterval: "readonly" },
    },
  },
  { files: ["setup/**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: { require: "readonly", module: "writable" } } },
);
