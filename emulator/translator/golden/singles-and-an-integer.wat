;; root: flw fa0, 0(a0)
;; fmul.s fa0, fa0, fa1
;; fcvt.w.s a1, fa0, rtz
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
      (local.set 3
        (i32.const 65536))
      (local.set 4
        (i32.const 0))
      (br_if 0 (;@1;)
        (i32.lt_s
          (local.get 0)
          (i32.const 4)))
      (local.set 0
        (i32.sub
          (local.get 0)
          (i32.const 4)))
      (i32.const 0)
      (local.set 3
        (i32.const 65536))
      (local.set 4
        (i32.const 4))
      (local.set 8
        (i32.and
          (i32.shr_u
            (local.tee 7
              (local.get 14))
            (i32.const 8))
          (i32.const 16368)))
      (br_if 0 (;@1;)
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
            (i64.const -4093))
          (i64.const 0)))
      (local.set 9
        (i32.wrap_i64
          (local.get 18)))
      (local.set 10
        (i32.load offset=131076
          (local.get 8)))
      (i64.or
        (i64.load32_u offset=65536
          (i32.add
            (local.get 9)
            (local.get 10)))
        (i64.const -4294967296))
      (i64.store offset=592)
      (local.set 3
        (i32.const 65540))
      (local.set 4
        (i32.const 3))
      (br_if 0 (;@1;)
        (i32.ne
          (i32.load offset=604
            (i32.const 0))
          (i32.const -1)))
      (local.set 33
        (f32.mul
          (f32.load offset=592
            (i32.const 0))
          (f32.load offset=600
            (i32.const 0))))
      (br_if 0 (;@1;)
        (i32.eqz
          (f32.le
            (f32.abs
              (local.get 33))
            (f32.const 0x1.fffffep+127 (;=3.40282e+38;)))))
      (if  ;; label = @2
        (i32.eqz
          (f32.gt
            (f32.abs
              (local.get 33))
            (f32.const 0x1p-126 (;=1.17549e-38;))))
        (then
          (br_if 1 (;@1;)
            (i32.eqz
              (i32.and
                (f32.eq
                  (local.get 33)
                  (f32.const 0x0p+0 (;=0;)))
                (i32.or
                  (f32.eq
                    (f32.load offset=592
                      (i32.const 0))
                    (f32.const 0x0p+0 (;=0;)))
                  (f32.eq
                    (f32.load offset=600
                      (i32.const 0))
                    (f32.const 0x0p+0 (;=0;)))))))))
      (if  ;; label = @2
        (i32.ne
          (local.get 16)
          (i32.const 1))
        (then
          (br_if 1 (;@1;)
            (i32.and
              (local.get 16)
              (i32.const 224)))
          (br_if 1 (;@1;)
            (i32.eqz
              (f64.eq
                (f64.mul
                  (f64.promote_f32
                    (f32.load offset=592
                      (i32.const 0)))
                  (f64.promote_f32
                    (f32.load offset=600
                      (i32.const 0))))
                (f64.promote_f32
                  (local.get 33)))))))
      (f32.store offset=592
        (i32.const 0)
        (local.get 33))
      (i32.store offset=596
        (i32.const 0)
        (i32.const -1))
      (local.set 3
        (i32.const 65544))
      (local.set 4
        (i32.const 2))
      (local.set 19
        (f64.promote_f32
          (f32.load offset=592
            (i32.const 0))))
      (local.set 20
        (f64.trunc
          (local.get 19)))
      (br_if 0 (;@1;)
        (i32.eqz
          (i32.and
            (f64.ge
              (local.get 20)
              (f64.const -0x1p+31 (;=-2.14748e+09;)))
            (f64.le
              (local.get 20)
              (f64.const 0x1.fffffffcp+30 (;=2.14748e+09;))))))
      (if  ;; label = @2
        (i32.eqz
          (i32.and
            (i32.or
              (i32.and
                (local.get 16)
                (i32.const 1))
              (i32.const 32))
            (i32.const 1)))
        (then
          (br_if 1 (;@1;)
            (i32.eqz
              (f64.eq
                (local.get 20)
                (local.get 19))))))
      (local.set 15
        (i32.trunc_f64_s
          (local.get 20)))
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
      (unreachable)
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
