;; root: addi a7, zero, 5
;; ecall
;; ret
(module
  (type (;0;) (func (param i32 i32 i32) (result i32)))
  (import "m" "m" (memory (;0;) 3 3))
  (func (;0;) (export "f0") (type 0) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64)
    (local.set 13
      (i32.load offset=68
        (i32.const 0)))
    (local.set 14
      (i64.shl
        (i64.extend_i32_u
          (local.get 1))
        (i64.const 32)))
    (block  ;; label = @1
      (local.set 3
        (i32.const 65536))
      (local.set 4
        (i32.const 0))
      (br_if 0 (;@1;)
        (i32.lt_s
          (local.get 0)
          (i32.const 1)))
      (local.set 0
        (i32.sub
          (local.get 0)
          (i32.const 1)))
      (local.set 13
        (i32.const 5))
      (local.set 3
        (i32.const 65540))
      (local.set 4
        (i32.const 0))
      (br 0 (;@1;))
      (unreachable))
    (i32.store offset=68
      (i32.const 0)
      (local.get 13))
    (i32.store offset=132
      (i32.const 0)
      (local.get 3))
    (i32.add
      (local.get 0)
      (local.get 4))))
