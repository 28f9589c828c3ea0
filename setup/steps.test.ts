import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keptFaces } from "./build.mjs";
import { windowLibraries } from "./libraries.mjs";
import { differencesFromLock } from "./packages.mjs";
import { root } from "./paths.mjs";

describe("the installed packages", () => {
  const locked = {
    packages: {
      "": { version: "1.0.0" },
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/b": { version: "2.0.0", integrity: "sha512-b", optional: true },
    },
  };

  it("are complete when all that is not optional is there as locked", () => {
    expect(differencesFromLock(locked, { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } })).toEqual([]);
  });

  it("differ when one is missing, of another version or of other bytes", () => {
    expect(differencesFromLock(locked, { packages: {} })).toEqual(["node_modules/a"]);
    const other = { "node_modules/a": { version: "1.0.0", integrity: "sha512-x" }, "node_modules/b": { version: "2.0.1", integrity: "sha512-b" } };
    expect(differencesFromLock(locked, { packages: other })).toEqual(["node_modules/a", "node_modules/b"]);
  });
});

describe("the fonts in the build", () => {
  const sans = readFileSync(join(root, "node_modules/@fontsource-variable/ibm-plex-sans/index.css"), "utf8");
  const mono = readFileSync(join(root, "node_modules/@fontsource/ibm-plex-mono/400.css"), "utf8");

  it("are the latin and greek faces alone", () => {
    const kept = keptFaces(sans, ["latin", "greek"]);
    expect(kept.match(/files\/[^)]*/g)).toEqual(["files/ibm-plex-sans-greek-wght-normal.woff2", "files/ibm-plex-sans-latin-wght-normal.woff2"]);
  });

  it("leave out the woff copies", () => {
    expect(keptFaces(mono, ["latin"]).match(/url\([^)]*\)/g)).toEqual(["url(./files/ibm-plex-mono-latin-400-normal.woff2)"]);
  });

  it("are refused when the package's form has changed", () => {
    expect(() => keptFaces("@font-face { src: url(a.woff2) }", ["latin"])).toThrow("no font face");
  });
});

describe("the one command", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "command-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the script with a PATH of its own, from a folder that is not the project. */
  function run(args: readonly string[], path = process.env["PATH"] ?? "", script = join(root, "lydlr")) {
    return spawnSync("/bin/sh", [script, ...args], { cwd: folder, encoding: "utf8", env: { PATH: path } });
  }

  /** A PATH with the tools of the system but another `node`, or none. */
  function pathWithNode(version: string | undefined): string {
    const tools = join(folder, "bin");
    mkdirSync(tools);
    for (const name of ["sh", "dirname", "readlink", "cat", "cksum", "uname", "id"]) {
      const found = spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
      symlinkSync(found, join(tools, name));
    }
    if (version !== undefined) writeFileSync(join(tools, "node"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    return tools;
  }

  it("lists every command and needs nothing for it", () => {
    const said = run(["--help"], pathWithNode(undefined));
    expect(said.status).toBe(0);
    for (const name of ["start", "test", "bench", "package", "models", "codec", "ros2", "edge", "ctl", "replay", "calc", "selftest"]) {
      expect(said.stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    }
  });

  it("refuses an unknown command with a code", () => {
    const said = run(["strat"]);
    expect(said.status).toBe(2);
    expect(said.stderr).toBe("BAD_USAGE: there is no command 'strat'; ./lydlr --help lists them\n");
  });

  it("without a command shows its usage and fails", () => {
    const said = run([]);
    expect(said.status).toBe(2);
    expect(said.stderr).toContain("usage: ./lydlr COMMAND");
  });

  it("says what to install where Node is missing", () => {
    const said = run(["start"], pathWithNode(undefined));
    expect(said.status).toBe(1);
    expect(said.stderr).toContain("NOT_AVAILABLE: Node.js 20.19 or newer is needed and there is no `node`");
  });

  it.each(["v18.20.4", "v20.18.3"])("refuses Node %s", (version) => {
    const said = run(["start"], pathWithNode(version));
    expect(said.status).toBe(1);
    expect(said.stderr).toContain(`\`node\` is ${version.slice(1)}`);
  });

  it("refuses to go on without npm where packages are missing", () => {
    const copy = join(folder, "copy");
    mkdirSync(copy);
    writeFileSync(join(copy, "lydlr"), readFileSync(join(root, "lydlr")));
    writeFileSync(join(copy, "package-lock.json"), "{}");
    const said = run(["start"], pathWithNode("v20.19.0"), join(copy, "lydlr"));
    expect(said.status).toBe(1);
    expect(said.stderr).toContain("NOT_AVAILABLE: npm is needed");
  });

  it("works through a symbolic link", () => {
    symlinkSync(join(root, "lydlr"), join(folder, "linked"));
    expect(run(["test", "--help"], undefined, join(folder, "linked")).stdout).toContain("usage: ./lydlr test");
  });

  it("refuses an unknown suite", () => {
    expect(run(["test", "everything"])).toMatchObject({ status: 2, stderr: "BAD_USAGE: there is no suite 'everything'; ./lydlr test --help lists them\n" });
  });

  it("looks for the same libraries as the step that installs them", () => {
    const script = readFileSync(join(root, "lydlr"), "utf8").replace(/\\\n\s*/g, "");
    const looked = /for soname in ([^;]*);/.exec(script)?.[1]?.trim().split(/\s+/);
    expect(looked).toEqual(windowLibraries.map((library) => library.soname));
  });
});
