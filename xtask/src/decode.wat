;; Decodes the text of inline.rs, a hundred times as fast as JavaScript that has not run before.
(module
  ;; Three tables, then the text, which the bytes overwrite. js/module/inline-fast.js writes the tables and the text.
  (memory (export "memory") 8)
  (func (export "decode") (param $at i32) (param $end i32) (result i32)
    (local $out i32)
    (local $code i32)
    (local.set $out (local.get $at))
    (loop $next
      (local.set $code (i32.load8_u (local.get $at)))
      ;; A space or `!` selects the table for the next character.
      (if (i32.lt_u (local.get $code) (i32.const 34))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $code
            (i32.add
              (i32.shl (i32.sub (local.get $code) (i32.const 31)) (i32.const 7))
              (i32.load8_u (local.get $at))))))
      (i32.store8 (local.get $out) (i32.load8_u (local.get $code)))
      (local.set $out (i32.add (local.get $out) (i32.const 1)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $out)))
