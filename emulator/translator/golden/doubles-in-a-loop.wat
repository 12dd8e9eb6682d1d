;; root: fld fa0, 0(a0)
;; fadd.d fa1, fa1, fa0
;; fsd fa1, 8(a0)
;; flt.d a1, fa1, fa2
;; bnez a1, root
;; ret
(module
  (type (;0;) (func (param i32 i32 i32) (result i32)))
  (import "m" "m" (memory (;0;) 3 3))
  (func (;0;) (export "f0") (type 0) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f32)
    (local.set 13
      (i32.load offset=4
        (i32.const 0)))
    (local.set 14
      (i32.load offset=40
        (i32.const 0)))
    (local.set 15
      (i32.load offset=44
        (i32.const 0)))
    (local.set 17
      (i64.shl
        (i64.extend_i32_u
          (local.get 1))
        (i64.const 32)))
    (local.set 16
      (i32.and
        (i32.load offset=224
          (i32.const 0))
        (i32.const 225)))
    (block  ;; label = @1
      (loop  ;; label = @2
        (local.set 3
          (i32.const 65536))
        (local.set 4
          (i32.const 0))
        (br_if 1 (;@1;)
          (i32.lt_s
            (local.get 0)
            (i32.const 6)))
        (local.set 0
          (i32.sub
            (local.get 0)
            (i32.const 5)))
        (i32.const 0)
        (local.set 3
          (i32.const 65536))
        (local.set 4
          (i32.const 5))
        (local.set 8
          (i32.and
            (i32.shr_u
              (local.tee 7
                (local.get 14))
              (i32.const 8))
            (i32.const 16368)))
        (br_if 1 (;@1;)
          (i64.ne
            (i64.and
              (local.tee 18
                (i64.sub
                  (i64.or
                    (i64.extend_i32_u
                      (local.get 7))
                    (local.get 17))
                  (i64.load offset=131080
                    (local.get 8))))
              (i64.const -4089))
            (i64.const 0)))
        (local.set 9
          (i32.wrap_i64
            (local.get 18)))
        (local.set 10
          (i32.load offset=131076
            (local.get 8)))
        (i64.load offset=65536
          (i32.add
            (local.get 9)
            (local.get 10)))
        (i64.store offset=592)
        (local.set 3
          (i32.const 65540))
        (local.set 4
          (i32.const 4))
        (local.set 19
          (f64.load offset=600
            (i32.const 0)))
        (local.set 20
          (f64.load offset=592
            (i32.const 0)))
        (local.set 23
          (f64.add
            (local.get 19)
            (local.get 20)))
        (br_if 1 (;@1;)
          (i32.eqz
            (f64.le
              (f64.abs
                (local.get 23))
              (f64.const 0x1.fffffffffffffp+1023 (;=1.79769e+308;)))))
        (if  ;; label = @3
          (i32.ne
            (local.get 16)
            (i32.const 1))
          (then
            (br_if 2 (;@1;)
              (i32.and
                (local.get 16)
                (i32.const 224)))
            (br_if 2 (;@1;)
              (i32.eqz
                (i32.and
                  (f64.eq
                    (f64.sub
                      (local.get 23)
                      (local.get 19))
                    (local.get 20))
                  (f64.eq
                    (f64.sub
                      (local.get 23)
                      (local.get 20))
                    (local.get 19)))))))
        (f64.store offset=600
          (i32.const 0)
          (local.get 23))
        (local.set 3
          (i32.const 65544))
        (local.set 4
          (i32.const 3))
        (local.set 8
          (i32.and
            (i32.shr_u
              (local.tee 7
                (i32.add
                  (local.get 14)
                  (i32.const 8)))
              (i32.const 8))
            (i32.const 16368)))
        (br_if 1 (;@1;)
          (i64.ne
            (i64.and
              (local.tee 18
                (i64.sub
                  (i64.or
                    (i64.extend_i32_u
                      (local.get 7))
                    (local.get 17))
                  (i64.load offset=147464
                    (local.get 8))))
              (i64.const -4089))
            (i64.const 0)))
        (local.set 11
          (i32.wrap_i64
            (local.get 18)))
        (local.set 12
          (i32.load offset=147460
            (local.get 8)))
        (i64.store offset=65536
          (i32.add
            (local.get 11)
            (local.get 12))
          (i64.load offset=600
            (i32.const 0)))
        (local.set 3
          (i32.const 65548))
        (local.set 4
          (i32.const 2))
        (br_if 1 (;@1;)
          (i32.eqz
            (i32.and
              (f64.eq
                (f64.load offset=600
                  (i32.const 0))
                (f64.load offset=600
                  (i32.const 0)))
              (f64.eq
                (f64.load offset=608
                  (i32.const 0))
                (f64.load offset=608
                  (i32.const 0))))))
        (local.set 15
          (f64.lt
            (f64.load offset=600
              (i32.const 0))
            (f64.load offset=608
              (i32.const 0))))
        (if  ;; label = @3
          (i32.ne
            (local.get 15)
            (i32.const 0))
          (then
            (br 1 (;@2;)))
          (else
            (local.set 0
              (i32.sub
                (local.get 0)
                (i32.const 1)))
            (local.set 3
              (i32.and
                (local.get 13)
                (i32.const -2)))
            (i32.store offset=44
              (i32.const 0)
              (local.get 15))
            (i32.store offset=132
              (i32.const 0)
              (local.get 3))
            (return
              (local.get 0))
            (unreachable)))
        (unreachable))
      (unreachable))
    (i32.store offset=44
      (i32.const 0)
      (local.get 15))
    (i32.store offset=132
      (i32.const 0)
      (local.get 3))
    (i32.add
      (local.get 0)
      (local.get 4))))
