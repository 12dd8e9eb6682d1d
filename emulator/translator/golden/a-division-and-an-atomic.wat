;; root: div a0, a0, a1
;; amoadd.w a2, a0, (a3)
;; ret
(module
  (type (;0;) (func (param i32 i32 i32) (result i32)))
  (import "m" "m" (memory (;0;) 3 3))
  (func (;0;) (export "f0") (type 0) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local.set 7
      (i32.load offset=4
        (i32.const 0)))
    (local.set 8
      (i32.load offset=40
        (i32.const 0)))
    (local.set 9
      (i32.load offset=44
        (i32.const 0)))
    (local.set 10
      (i32.load offset=48
        (i32.const 0)))
    (local.set 11
      (i32.load offset=52
        (i32.const 0)))
    (block  ;; label = @1
      (local.set 3
        (i32.const 65536))
      (local.set 4
        (i32.const 0))
      (br_if 0 (;@1;)
        (i32.lt_s
          (local.get 0)
          (i32.const 3)))
      (local.set 0
        (i32.sub
          (local.get 0)
          (i32.const 3)))
      (local.set 8
        (if (result i32)  ;; label = @2
          (i32.eqz
            (local.get 9))
          (then
            (i32.const -1))
          (else
            (if (result i32)  ;; label = @3
              (i32.eq
                (local.get 9)
                (i32.const -1))
              (then
                (i32.sub
                  (i32.const 0)
                  (local.get 8)))
              (else
                (i32.div_s
                  (local.get 8)
                  (local.get 9)))))))
      (local.set 3
        (i32.const 65540))
      (local.set 4
        (i32.const 2))
      (br_if 0 (;@1;)
        (i32.ne
          (i32.load offset=131072
            (local.tee 6
              (i32.and
                (i32.shr_u
                  (local.tee 5
                    (local.get 11))
                  (i32.const 9))
                (i32.const 8184))))
          (i32.or
            (i32.and
              (local.get 5)
              (i32.const -4093))
            (local.get 1))))
      (drop
        (i32.or
          (i32.load offset=131076
            (local.get 6))
          (i32.and
            (local.get 5)
            (i32.const 4095))))
      (local.set 3
        (i32.const 65540))
      (local.set 4
        (i32.const 2))
      (br_if 0 (;@1;)
        (i32.ne
          (i32.load offset=139264
            (local.tee 6
              (i32.and
                (i32.shr_u
                  (local.tee 5
                    (local.get 11))
                  (i32.const 9))
                (i32.const 8184))))
          (i32.or
            (i32.and
              (local.get 5)
              (i32.const -4093))
            (local.get 1))))
      (local.set 6
        (i32.load offset=65536
          (local.tee 5
            (i32.or
              (i32.load offset=139268
                (local.get 6))
              (i32.and
                (local.get 5)
                (i32.const 4095))))))
      (i32.store offset=65536
        (local.get 5)
        (i32.add
          (local.get 6)
          (local.get 8)))
      (local.set 10
        (local.get 6))
      (local.set 3
        (i32.and
          (local.get 7)
          (i32.const -2)))
      (i32.store offset=40
        (i32.const 0)
        (local.get 8))
      (i32.store offset=48
        (i32.const 0)
        (local.get 10))
      (i32.store offset=132
        (i32.const 0)
        (local.get 3))
      (return
        (local.get 0))
      (unreachable)
      (unreachable))
    (i32.store offset=40
      (i32.const 0)
      (local.get 8))
    (i32.store offset=48
      (i32.const 0)
      (local.get 10))
    (i32.store offset=132
      (i32.const 0)
      (local.get 3))
    (i32.add
      (local.get 0)
      (local.get 4))))
