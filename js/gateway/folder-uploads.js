// Keeps uploads in a folder: for development, or one server with a disk.
import { misuse } from "../error.js";

export const folderUploads = path => {
  if (typeof path !== "string" || !path) throw misuse("folderUploads needs the path of a folder.");
  // An import would break bundles for Workers, which have no file system.
  const fs = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  if (!fs) throw misuse("folderUploads needs Node 20.16 or later, Deno or Bun.");
  const place = name => `${path}/${name}`;
  const unless = code => error => {
    if (error.code !== code) throw error;
    return null;
  };
  return {
    async put(name, bytes) {
      await fs.mkdir(path, { recursive: true });
      // A crash must not leave an incomplete part.
      const draft = place(`${name}.${crypto.randomUUID()}.part`);
      await fs.writeFile(draft, bytes);
      await fs.rename(draft, place(name));
    },
    get: name => fs.readFile(place(name)).catch(unless("ENOENT")),
    delete: name => fs.unlink(place(name)).catch(unless("ENOENT")),
  };
};
