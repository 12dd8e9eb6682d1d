;; root: addi a0, a0, 1
;; # if *(int *)s0 == 7 || a0 / a1 > 3
;; addi a2, a2, -1
;; bnez a2, root
;; ret
(module
  (type (;0;) (func (param i32 i32 i32) (result i32)))
  (import "m" "m" (memory (;0;) 3 3))
  (func (;0;) (export "f0") (type 0) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64)
    (local.set 13
      (i32.load offset=4
        (i32.const 0)))
    (local.set 14
      (i32.load offset=40
        (i32.const 0)))
    (local.set 15
      (i32.load offset=48
        (i32.const 0)))
    (local.set 16
      (i64.shl
        (i64.extend_i32_u
          (local.get 1))
        (i64.const 32)))
    (block  ;; label = @1
      (loop  ;; label = @2
        (local.set 3
          (i32.const 65536))
        (local.set 4
          (i32.const 0))
        (br_if 1 (;@1;)
          (i32.lt_s
            (local.get 0)
            (i32.const 4)))
        (local.set 0
          (i32.sub
            (local.get 0)
            (i32.const 3)))
        (local.set 14
          (i32.add
            (local.get 14)
            (i32.const 1)))
        (local.set 3
          (i32.const 65540))
        (local.set 4
          (i32.const 2))
        (if  ;; label = @3
          (i32.and
            (i32.eq
              (local.get 1)
              (i32.const 2))
            (i32.eqz
              (i32.load offset=180228
                (i32.const 0))))
          (then
            (br_if 2 (;@1;)
              (i32.ne
                (i32.load offset=131072
                  (local.tee 6
                    (i32.and
                      (i32.shr_u
                        (local.tee 5
                          (i32.load offset=32
                            (i32.const 0)))
                        (i32.const 8))
                      (i32.const 16368))))
                (i32.or
                  (i32.and
                    (local.get 5)
                    (i32.const -4093))
                  (i32.const 2052))))
            (br_if 2 (;@1;)
              (if (result i32)  ;; label = @4
                (i32.eq
                  (i32.load offset=65536
                    (i32.or
                      (i32.load offset=131076
                        (local.get 6))
                      (i32.and
                        (local.get 5)
                        (i32.const 4095))))
                  (i32.const 7))
                (then
                  (i32.const 1))
                (else
                  (i32.const 3)
                  (local.get 14)
                  (br_if 3 (;@1;)
                    (i32.eqz
                      (local.tee 5
                        (i32.load offset=44
                          (i32.const 0)))))
                  (local.set 5
                    (local.get 5))
                  (local.set 6)
                  (if (result i32)  ;; label = @5
                    (i32.eq
                      (local.get 5)
                      (i32.const -1))
                    (then
                      (i32.sub
                        (i32.const 0)
                        (local.get 6)))
                    (else
                      (i32.div_s
                        (local.get 6)
                        (local.get 5))))
                  (i32.lt_s))))))
        (local.set 15
          (i32.add
            (local.get 15)
            (i32.const -1)))
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
            (i32.store offset=40
              (i32.const 0)
              (local.get 14))
            (i32.store offset=48
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
    (i32.store offset=40
      (i32.const 0)
      (local.get 14))
    (i32.store offset=48
      (i32.const 0)
      (local.get 15))
    (i32.store offset=132
      (i32.const 0)
      (local.get 3))
    (i32.add
      (local.get 0)
      (local.get 4))))
