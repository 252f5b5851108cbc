//! Makes the JavaScript that wasm-bindgen generates smaller, without changing what it does.
//!
//! Each edit fails loudly when the generated code is no longer what it was: the version is pinned.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The string copy that tries ASCII byte by byte first; `encodeInto` alone is shorter, and faster.
const PASS_STRING: &str = "function passStringToWasm0(arg) {
    if (!arg) {
        WASM_VECTOR_LEN = 0;
        return 1;
    }
    const size = arg.length * 3;
    const ptr = wasm.__wbindgen_malloc(size, 1) >>> 0;
    const { written } = cachedTextEncoder.encodeInto(arg, getUint8ArrayMemory0().subarray(ptr, ptr + size));
    WASM_VECTOR_LEN = written;
    return wasm.__wbindgen_realloc(ptr, size, written, 1) >>> 0;
}
";

/// Made at the first use instead of at import. The generated one also counts, because Safari's decoder fails
/// after 2 GB: more than any page reads of messages and tasks.
const DECODE_TEXT: &str = "let decoder;
function decodeText(bytes) {
    return (decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(bytes);
}
";

/// What Rust hands over is mostly the same few names. To compare one with what stood there before costs a fifth of
/// decoding it. Only short ASCII is kept, in places that are few because
/// a length and two bytes make them; these tell nearly all of our names apart.
const GET_STRING: &str = "const words = [];
function getStringFromWasm0(ptr, len) {
    ptr = ptr >>> 0;
    const bytes = getUint8ArrayMemory0();
    const place = len * bytes[ptr] + bytes[ptr + len - 2];
    let word = words[place] ?? '';
    let same = 0;
    while (word.charCodeAt(same) === bytes[ptr + same]) same++;
    if (same < len || word.length > len) {
        word = decodeText(bytes.subarray(ptr, ptr + len));
        if (len < 25 && word.length === len) words[place] = word;
    }
    return word;
}
";

/// A memory that has grown has left an empty array behind.
const BYTES: &str = "function getUint8ArrayMemory0() {
    if (!cachedUint8ArrayMemory0?.byteLength) cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    return cachedUint8ArrayMemory0;
}
";

/// Used once for each answer: that is too seldom to keep one, and to tell when the memory has moved.
const DATA_VIEW: &str = "function getDataViewMemory0() {
    return new DataView(wasm.memory.buffer);
}
";

/// What src/wasm/exports.rs exports.
const EXPORTS: [&str; 8] = ["room", "check", "open", "close", "begin", "ring", "said", "describe"];

/// Gives the glue for a module whose imports and exports wasm-opt renamed; `names` is what wasm-opt said of it.
pub fn lean(glue: &str, names: &str) -> Result<String> {
    let mut glue = glue.to_owned();
    replace_function(&mut glue, "passStringToWasm0", PASS_STRING)?;
    glue = glue.replace(", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")");
    replace_function(&mut glue, "getStringFromWasm0", GET_STRING)?;
    remove(&mut glue, "let cachedTextDecoder", "let numBytesDecoded = 0;\n")?;
    replace_function(&mut glue, "decodeText", DECODE_TEXT)?;

    remove(&mut glue, "let cachedDataViewMemory0", "\n")?;
    remove(&mut glue, "    cachedDataViewMemory0 = null;", "\n")?;
    replace_function(&mut glue, "getDataViewMemory0", DATA_VIEW)?;
    replace_function(&mut glue, "getUint8ArrayMemory0", BYTES)?;
    // All imports are there by name: nothing is looked for behind them.
    remove(&mut glue, "        __proto__: null", "\n")?;
    remove(&mut glue, "        __proto__: null", "\n")?;
    // There is one instance, and nobody asks for it or its module.
    remove(&mut glue, "    wasmInstance = instance;", "\n")?;
    remove(&mut glue, "    wasmModule = module;", "\n")?;

    // Asked for one after the other until one is there; the first one is there wherever WebAssembly is.
    for name in ["global", "self", "window"] {
        let start = format!("const ret = typeof {name} === 'undefined'");
        remove(&mut glue, &start, "addToExternrefTable0(ret);")?;
    }
    glue = glue.replace(
        "typeof globalThis === 'undefined' ? undefined : globalThis",
        "globalThis",
    );

    instantiable(&mut glue)?;

    let names: Value = serde_json::from_str(names).context("wasm-opt did not list the names")?;
    for import in list(&names, "imports")? {
        let (module, name, short) = (text(import, 0)?, text(import, 1)?, text(import, 2)?);
        if module != "./sd2_client_bg.js" {
            bail!("{name} is imported from {module} without glue: give it a parameter that needs some");
        }
        rename(&mut glue, name, short)?;
    }
    for export in list(&names, "exports")? {
        let (name, short) = (text(export, 0)?, text(export, 1)?);
        glue = glue.replace(&format!("wasm.{name}("), &format!("wasm.{short}("));
        glue = glue.replace(&format!("wasm.{name}."), &format!("wasm.{short}."));
        glue = glue.replace(&format!("wasm.{name},"), &format!("wasm.{short},"));
        glue = glue.replace(&format!("wasm.{name})"), &format!("wasm.{short})"));
        glue = glue.replace(&format!("wasm.{name};"), &format!("wasm.{short};"));
    }
    // wasm-opt calls every module so.
    Ok(glue.replace("\"./sd2_client_bg.js\": import0", "a: import0"))
}

/// Makes a function of the whole glue, with the instance as its own: one that broke can be left behind with all that
/// still refers to it (timers, promises), and another one be made. `onBreak` is told what a callback threw.
fn instantiable(glue: &mut String) -> Result<()> {
    // The two ways of the glue to load a module would only be carried along.
    let load = glue
        .find("async function __wbg_load(")
        .context("the glue loads no module")?;
    glue.truncate(load);
    glue.push_str("__wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);\n");
    glue.push_str("return { ");
    for name in EXPORTS {
        replace_once(glue, &format!("export function {name}("), &format!("function {name}("))?;
        glue.push_str(&format!("{name}, "));
    }
    glue.push_str("memory: wasm.memory, abandon: () => (isAbandoned = true) };\n};\n");
    glue.insert_str(
        0,
        "export const instantiate = (module, onBreak) => {\nlet isAbandoned = false;\n",
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
    // Rust drops each closure when its timer is over or dropped: nobody waits for the garbage collector to do it.
    remove(glue, "const CLOSURE_DTORS", ");\n")?;
    remove(glue, "            CLOSURE_DTORS.unregister(state);", "\n")?;
    remove(glue, "    CLOSURE_DTORS.register(real, state, state);", "\n")?;
    Ok(())
}

fn replace_once(glue: &mut String, from: &str, to: &str) -> Result<()> {
    if glue.matches(from).count() != 1 {
        bail!("the glue does not say `{from}` once");
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

/// Removes what stands between these two, and both.
fn remove(glue: &mut String, start: &str, end: &str) -> Result<()> {
    let at = glue.find(start).with_context(|| format!("the glue has no {start}"))?;
    let length = glue
        .get(at..)
        .and_then(|rest| rest.find(end))
        .context("a piece does not end")?;
    glue.replace_range(at..at + length + end.len(), "");
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
