import { dirname, join, relative, resolve } from "node:path";
import { root } from "./paths.mjs";

/** @typedef {import("eslint").Rule.RuleModule} RuleModule */

const layers = ["shared", "electron", "renderer", "e2e", "bench", "setup"];

/** Which other layers a layer may import from. */
const layerMayImport = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  shared: [],
  electron: ["shared"],
  renderer: ["shared"],
  e2e: ["shared", "electron"],
  bench: ["shared", "electron", "e2e"],
  setup: [],
});

/** `shared` runs in every process, so it takes nothing that needs one of them. */
const packagesOfShared = ["valibot", "@foxglove/cdr"];
const packagesOfSharedTests = [...packagesOfShared, "vitest", "fast-check"];

/** Packages with one owner: native code that can crash a process, and the runtime's own doors. */
const packageOwners = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  "onnxruntime-node": ["electron/inference/onnx-session.ts", "electron/inference/onnx-graph.ts"],
  rclnodejs: ["electron/link/ros2/host.ts", "electron/link/ros2/host-*.ts", "electron/link/ros2/host/**"],
  libsql: ["electron/journal/**", "electron/history/**"],
  systeminformation: ["electron/monitor/**"],
  electron: [
    "electron/main.ts",
    "electron/preload.ts",
    "electron/window/**",
    "electron/ipc/**",
    "electron/supervision/utility-process.ts",
    // Seen from outside: types for what runs in the application under test, and the runtime's loader.
    "e2e/**",
    "bench/**",
    "setup/electron-loader.cjs",
  ],
});

const ipcOwners = ["electron/ipc/**", "electron/preload.ts"];
const ipcNames = ["ipcMain", "ipcRenderer", "contextBridge"];
const sendNames = ["send", "sendToFrame", "postMessage"];
const sendTargets = ["webContents", "mainFrame"];

/**
 * @param {string} fileName absolute
 * @returns {string} relative to the project, with forward slashes
 */
function projectPath(fileName) {
  return relative(root, fileName).split("\\").join("/");
}

/** @param {string} path */
function layerOf(path) {
  const [first = ""] = path.split("/");
  return layers.includes(first) ? first : undefined;
}

/**
 * @param {string} path
 * @param {readonly string[]} patterns with `**` for any path and `*` for any name
 */
function isAmong(path, patterns) {
  return patterns.some((pattern) => {
    const expression = pattern.split("**").map((part) => part.replace(/[.]/g, "\\.").replace(/[*]/g, "[^/]*")).join(".*");
    return new RegExp(`^${expression}$`).test(path);
  });
}

/** @param {string} path */
function isTest(path) {
  return /\.test\.tsx?$/.test(path);
}

/**
 * Why a file may not import something.
 *
 * @param {string} path of the importing file, relative to the project
 * @param {string} specifier as written
 * @returns {string | undefined} undefined when it may
 */
function forbiddenImport(path, specifier) {
  const layer = layerOf(path);
  if (layer === undefined) return undefined;
  if (specifier.startsWith(".")) {
    const target = layerOf(projectPath(resolve(join(root, dirname(path)), specifier)));
    if (target === undefined || target === layer || (layerMayImport[layer] ?? []).includes(target)) return undefined;
    return `${layer}/ may not import from ${target}/`;
  }
  const packageName = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const owners = packageOwners[packageName];
  if (owners !== undefined && !isAmong(path, owners)) return `only ${owners.slice(0, 5).join(", ")} may import ${packageName}`;
  const isNode = specifier.startsWith("node:");
  if (layer === "shared") {
    const allowed = isTest(path) ? packagesOfSharedTests : packagesOfShared;
    if (allowed.includes(packageName) || (isNode && isTest(path))) return undefined;
    return `shared/ may import only shared/ and ${allowed.join(", ")}`;
  }
  if (layer === "renderer" && isNode && !isTest(path)) return "renderer/ runs in a sandbox without Node";
  return undefined;
}

/** Who may import what. @type {RuleModule} */
const imports = {
  meta: { type: "problem", schema: [], docs: { description: "Holds the walls between layers, and one owner for each native package" } },
  create(context) {
    const path = projectPath(context.filename);
    /** @param {import("estree").Node | null | undefined} source */
    const check = (source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const message = forbiddenImport(path, source.value);
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: (node) => {
        check(node.source);
      },
      ExportNamedDeclaration: (node) => {
        check(node.source);
      },
      ExportAllDeclaration: (node) => {
        check(node.source);
      },
      ImportExpression: (node) => {
        check(node.source);
      },
      CallExpression: (node) => {
        const isRequire =
          (node.callee.type === "Identifier" && node.callee.name === "require") ||
          (node.callee.type === "MemberExpression" && node.callee.object.type === "Identifier" && node.callee.object.name === "require");
        const [first] = node.arguments;
        if (isRequire && first !== undefined && first.type !== "SpreadElement") check(first);
      },
      // TypeScript's own forms: `import x = require("y")` and `typeof import("y")`.
      TSExternalModuleReference: (/** @type {{ expression: import("estree").Node }} */ node) => {
        check(node.expression);
      },
      TSImportType: (/** @type {{ source?: import("estree").Node }} */ node) => {
        check(node.source);
      },
    };
  },
};

/** Raw IPC has one door. @type {RuleModule} */
const ipc = {
  meta: { type: "problem", schema: [], docs: { description: "Keeps raw IPC in electron/ipc and the preload" } },
  create(context) {
    const path = projectPath(context.filename);
    if (layerOf(path) !== "electron" || isAmong(path, ipcOwners)) return {};
    return {
      Identifier: (node) => {
        if (ipcNames.includes(node.name)) {
          context.report({ node, message: `${node.name} belongs to electron/ipc/ and electron/preload.ts: channels are one table with schemas` });
        }
      },
      MemberExpression: (node) => {
        const target = node.object.type === "MemberExpression" ? node.object.property : node.object;
        const isTarget = target.type === "Identifier" && sendTargets.includes(target.name);
        const isSend = node.property.type === "Identifier" && sendNames.includes(node.property.name);
        if (isTarget && isSend) {
          context.report({ node, message: "pushes to the window go through electron/ipc/, which parses and coalesces them" });
        }
      },
    };
  },
};

const chanceAndClock = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  Date: ["now"],
  Math: ["random"],
});
const everyClock = { ...chanceAndClock, performance: ["now", "timeOrigin"], process: ["hrtime", "uptime"] };
const timers = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask"];

/**
 * Time and chance come in as parameters, so that a run can be repeated exactly.
 *
 * @type {RuleModule}
 */
const injectedTimeAndChance = {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { timers: { type: "boolean" } }, additionalProperties: false }],
    docs: { description: "Bans the ambient clock and the ambient random source, and with `timers` also timers" },
  },
  create(context) {
    const [options] = /** @type {readonly [{ readonly timers?: boolean }?]} */ (/** @type {unknown} */ (context.options));
    const isPure = options?.timers === true;
    const members = isPure ? everyClock : chanceAndClock;
    /**
     * @param {import("estree").Node} node
     * @param {string} what
     */
    const report = (node, what) => {
      context.report({ node, message: `${what} is ambient: take a clock, timers or a seeded random source as a parameter` });
    };
    return {
      MemberExpression: (node) => {
        if (node.object.type !== "Identifier") return;
        const name = node.property.type === "Identifier" ? node.property.name : node.property.type === "Literal" ? node.property.value : undefined;
        const banned = Object.hasOwn(members, node.object.name) ? members[/** @type {keyof typeof members} */ (node.object.name)] : undefined;
        if (typeof name === "string" && banned?.includes(name) === true) report(node, `${node.object.name}.${name}`);
      },
      NewExpression: (node) => {
        if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) report(node, "new Date()");
      },
      CallExpression: (node) => {
        if (node.callee.type !== "Identifier") return;
        if (node.callee.name === "Date") report(node, "Date()");
        if (isPure && timers.includes(node.callee.name)) report(node, node.callee.name);
      },
    };
  },
};

/** The project's own rules: its architecture, held by the linter. */
export const walls = {
  meta: { name: "lydlr" },
  rules: { imports, ipc, "injected-time-and-chance": injectedTimeAndChance },
};
