//! Makes the JavaScript that wasm-bindgen generates smaller, without changing what it does.
//!
//! Each edit fails if the generated code has changed, so the version of wasm-bindgen is pinned.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// js/memory.js passes all texts. The module itself passes a text to JavaScript only when it stops with an error.
const GET_STRING: &str = "function getStringFromWasm0(ptr, len) {
    return new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, ptr, len));
}
";

/// What src/wasm/exports.rs exports.
const EXPORTS: [&str; 8] = ["room", "check", "open", "close", "begin", "ring", "reason", "describe"];

/// Returns the glue for a module whose imports and exports wasm-opt renamed. `names` is the output of wasm-opt.
pub fn lean(glue: &str, names: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    replace_function(&mut glue, "getStringFromWasm0", GET_STRING)?;
    remove(&mut glue, "let cachedTextDecoder", "let numBytesDecoded = 0;\n")?;
    for unused in ["decodeText", "getUint8ArrayMemory0"] {
        replace_function(&mut glue, unused, "")?;
    }
    remove(&mut glue, "let cachedUint8ArrayMemory0", "\n")?;
    // The module only imports names that are there, so the objects of imports may have a prototype.
    remove(&mut glue, "        __proto__: null", "\n")?;
    remove(&mut glue, "        __proto__: null", "\n")?;

    // The glue tries `globalThis` first, which exists wherever WebAssembly does.
    for name in ["global", "self", "window"] {
        let start = format!("const ret = typeof {name} === 'undefined'");
        remove(&mut glue, &start, "addToExternrefTable0(ret);")?;
    }
    glue = glue.replace(
        "const ret = typeof globalThis === 'undefined' ? undefined : globalThis;
            return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);",
        "return addToExternrefTable0(globalThis);",
    );
    replace_function(&mut glue, "isLikeNone", "")?;
    // Addresses are below 2 GB.
    glue = glue.replace(" >>> 0", "");

    instantiable(&mut glue)?;

    rename_all(
        &mut glue,
        &serde_json::from_str(names).context("wasm-opt did not list the names")?,
    )?;
    Ok(glue)
}

/// Wraps the glue in a function that creates an instance. So a broken instance can be abandoned, with the timers and promises that still
/// refer to it, and replaced. `onBreak` is called with what a callback threw.
fn instantiable(glue: &mut String) -> Result<()> {
    // The functions of the glue that load a module are not used.
    let load = glue
        .find("async function __wbg_load(")
        .context("the glue loads no module")?;
    glue.truncate(load);
    remove(glue, "let wasmModule, wasmInstance, wasm;", "return wasm;\n}\n")?;
    glue.push_str("const wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;\n");
    glue.push_str("wasm.__wbindgen_start();\nreturn { ");
    for name in EXPORTS {
        // The exports take only numbers and one object, so JavaScript can call them directly.
        remove(glue, &format!("export function {name}("), "\n}\n")?;
        glue.push_str(&format!("{name}: wasm.{name}, "));
    }
    glue.push_str("memory: wasm.memory, abandon: () => (isAbandoned = true) };\n};\n");
    glue.insert_str(
        0,
        "export const instantiate = (module, { host, issue, price, mistake, say }, onBreak) => {\nlet isAbandoned = false;\nconst resolved = Promise.resolve();\n",
    );
    replace_once(
        glue,
        "        state.cnt++;\n",
        "        if (isAbandoned) return;\n        state.cnt++;\n",
    )?;
    replace_once(
        glue,
        "            return f(a, state.b, ...args);\n        } finally {",
        "            return f(a, state.b, ...args);\n        } catch (error) {\n            onBreak(error);\n        } finally {",
    )?;
    replace_once(
        glue,
        "if (--state.cnt === 0) {",
        "if (--state.cnt === 0 && !isAbandoned) {",
    )?;
    // In Node, `queueMicrotask` creates a resource, which takes longer than the work itself.
    replace_once(
        glue,
        "            queueMicrotask(arg0);\n",
        "            resolved.then(arg0);\n",
    )?;
    // Rust drops each closure when its timer ends, so no finalization registry is needed.
    remove(glue, "const CLOSURE_DTORS", ");\n")?;
    remove(glue, "            CLOSURE_DTORS.unregister(state);", "\n")?;
    remove(glue, "    CLOSURE_DTORS.register(real, state, state);", "\n")?;
    Ok(())
}

fn replace_once(glue: &mut String, from: &str, to: &str) -> Result<()> {
    if glue.matches(from).count() != 1 {
        bail!("the glue does not contain `{from}` once");
    }
    *glue = glue.replace(from, to);
    Ok(())
}

fn replace_function(glue: &mut String, name: &str, body: &str) -> Result<()> {
    let start = glue
        .find(&format!("function {name}("))
        .with_context(|| format!("the glue has no {name}"))?;
    let length = glue
        .get(start..)
        .and_then(|rest| rest.find("\n}\n"))
        .context("a function does not end")?;
    glue.replace_range(start..start + length + 3, body);
    Ok(())
}

/// Removes the text from `start` to `end`, including both.
fn remove(glue: &mut String, start: &str, end: &str) -> Result<()> {
    let at = glue.find(start).with_context(|| format!("the glue has no {start}"))?;
    let length = glue
        .get(at..)
        .and_then(|rest| rest.find(end))
        .context("a piece does not end")?;
    glue.replace_range(at..at + length + end.len(), "");
    Ok(())
}

/// Uses the names that wasm-opt gave to the imports and exports.
fn rename_all(glue: &mut String, names: &Value) -> Result<()> {
    for import in list(names, "imports")? {
        let (module, name, short) = (text(import, 0)?, text(import, 1)?, text(import, 2)?);
        if module != "./sd2_client_bg.js" {
            bail!("{name} is imported from {module} without glue: give it a parameter that needs some");
        }
        rename(glue, name, short)?;
    }
    for export in list(names, "exports")? {
        let (name, short) = (text(export, 0)?, text(export, 1)?);
        for end in ["(", ".", ",", ")", ";"] {
            *glue = glue.replace(&format!("wasm.{name}{end}"), &format!("wasm.{short}{end}"));
        }
    }
    // wasm-opt renames the imported module to `a`.
    *glue = glue.replace("\"./sd2_client_bg.js\": import0", "a: import0");
    Ok(())
}

/// Renames the key of one import, and makes it a method, which is shorter.
fn rename(glue: &mut String, name: &str, short: &str) -> Result<()> {
    let key = format!("{name}: function");
    if glue.matches(&format!("{key}(")).count() != 1 {
        bail!("the glue does not define the import {name} once");
    }
    *glue = glue.replace(&format!("{key}("), &format!("{short}("));
    Ok(())
}

fn list<'a>(names: &'a Value, kind: &str) -> Result<&'a Vec<Value>> {
    names
        .get(kind)
        .and_then(Value::as_array)
        .with_context(|| format!("wasm-opt listed no {kind}"))
}

fn text(entry: &Value, index: usize) -> Result<&str> {
    entry
        .get(index)
        .and_then(Value::as_str)
        .context("wasm-opt listed something else than names")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GLUE: &str = "let first = 1;\nfunction add(a, b) {\n    return a + b;\n}\nfunction other() {\n}\n";

    #[test]
    fn a_function_is_replaced_to_its_end() {
        let mut glue = GLUE.to_owned();
        replace_function(&mut glue, "add", "const add = 0;\n").unwrap();
        assert_eq!(glue, "let first = 1;\nconst add = 0;\nfunction other() {\n}\n");
    }

    #[test]
    fn a_piece_is_removed_with_its_ends() {
        let mut glue = GLUE.to_owned();
        remove(&mut glue, "let first", ";\n").unwrap();
        assert!(glue.starts_with("function add"));
    }

    #[test]
    fn an_import_becomes_a_method_with_its_short_name() {
        let mut glue = "{ __wbg_now: function() { return 1; } }".to_owned();
        rename(&mut glue, "__wbg_now", "a").unwrap();
        assert_eq!(glue, "{ a() { return 1; } }");
    }

    #[test]
    fn imports_and_exports_get_the_names_of_wasm_opt() {
        let mut glue = "{ \"./sd2_client_bg.js\": import0 }; { __wbg_now: function() {} }; wasm.ring(1); [wasm.ring, wasm.ringer];".to_owned();
        let names = json!({ "imports": [["./sd2_client_bg.js", "__wbg_now", "b"]], "exports": [["ring", "c"]] });
        rename_all(&mut glue, &names).unwrap();
        assert_eq!(glue, "{ a: import0 }; { b() {} }; wasm.c(1); [wasm.c, wasm.ringer];");
    }

    #[test]
    fn an_import_without_glue_is_refused_with_its_name() {
        let names = json!({ "imports": [["env", "now", "b"]], "exports": [] });
        let error = rename_all(&mut String::new(), &names).unwrap_err().to_string();
        assert!(error.contains("now is imported from env"), "{error}");
    }

    #[test]
    fn a_piece_that_is_missing_or_not_unique_is_an_error_with_its_name() {
        let fails = |result: Result<()>, word: &str| assert!(result.unwrap_err().to_string().contains(word));
        let mut glue = GLUE.to_owned();
        fails(replace_function(&mut glue, "gone", ""), "gone");
        fails(remove(&mut glue, "let gone", "\n"), "let gone");
        fails(replace_once(&mut glue, "function", ""), "function");
        fails(rename(&mut glue, "__wbg_gone", "a"), "__wbg_gone");
        assert_eq!(glue, GLUE);
        assert!(lean(GLUE, "{}").unwrap_err().to_string().contains("getStringFromWasm0"));
    }
}
