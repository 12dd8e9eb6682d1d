;; root: beqz a0, 2f
;; andi t0, a0, 1
;; beqz t0, 1f
;; add a1, a1, a0
;; 1: srli a0, a0, 1
;; j root
;; 2: ret
(module
  (type (;0;) (func (param i32 i32 i32) (result i32)))
  (import "m" "m" (memory (;0;) 3 3))
  (func (;0;) (export "f0") (type 0) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64)
    (local.set 13
      (i32.load offset=4
        (i32.const 0)))
    (local.set 14
      (i32.load offset=20
        (i32.const 0)))
    (local.set 15
      (i32.load offset=40
        (i32.const 0)))
    (local.set 16
      (i32.load offset=44
        (i32.const 0)))
    (local.set 17
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
            (i32.const 6)))
        (local.set 0
          (i32.sub
            (local.get 0)
            (i32.const 1)))
        (if  ;; label = @3
          (i32.eq
            (local.get 15)
            (i32.const 0))
          (then
            (local.set 0
              (i32.sub
                (local.get 0)
                (i32.const 1)))
            (local.set 3
              (i32.and
                (local.get 13)
                (i32.const -2)))
            (i32.store offset=20
              (i32.const 0)
              (local.get 14))
            (i32.store offset=40
              (i32.const 0)
              (local.get 15))
            (i32.store offset=44
              (i32.const 0)
              (local.get 16))
            (i32.store offset=132
              (i32.const 0)
              (local.get 3))
            (return
              (local.get 0))
            (unreachable))
          (else
            (block  ;; label = @4
              (local.set 0
                (i32.sub
                  (local.get 0)
                  (i32.const 2)))
              (local.set 14
                (i32.and
                  (local.get 15)
                  (i32.const 1)))
              (if  ;; label = @5
                (i32.eq
                  (local.get 14)
                  (i32.const 0))
                (then
                  (br 1 (;@4;)))
                (else
                  (local.set 0
                    (i32.sub
                      (local.get 0)
                      (i32.const 1)))
                  (local.set 16
                    (i32.add
                      (local.get 16)
                      (local.get 15)))
                  (br 1 (;@4;))))
              (unreachable))
            (local.set 0
              (i32.sub
                (local.get 0)
                (i32.const 2)))
            (local.set 15
              (i32.shr_u
                (local.get 15)
                (i32.const 1)))
            (br 1 (;@2;))))
        (unreachable))
      (unreachable))
    (i32.store offset=20
      (i32.const 0)
      (local.get 14))
    (i32.store offset=40
      (i32.const 0)
      (local.get 15))
    (i32.store offset=44
      (i32.const 0)
      (local.get 16))
    (i32.store offset=132
      (i32.const 0)
      (local.get 3))
    (i32.add
      (local.get 0)
      (local.get 4))))
