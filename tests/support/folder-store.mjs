// A store in a folder: each item is a file, which is written atomically.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Creates the folder if needed. Several processes may share it. */
export const folderStore = folder => {
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `${process.pid}-${Math.random()}.new`);
  return {
    get(key) {
      try {
        return readFileSync(join(folder, key), "utf8");
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
    },
    set(key, value) {
      writeFileSync(temporary, value);
      renameSync(temporary, join(folder, key));
    },
    delete: key => rmSync(join(folder, key), { force: true }),
    keys: () => readdirSync(folder).filter(name => !name.endsWith(".new")),
  };
};
