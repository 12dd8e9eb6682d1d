;; root: fmadd.d fa0, fa1, fa2, fa0
;; ret
(module
  (type (;0;) (func (param i32 i32 i32) (result i32)))
  (import "m" "m" (memory (;0;) 3 3))
  (func (;0;) (export "f0") (type 0) (param i32 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f32)
    (local.set 13
      (i32.load offset=4
        (i32.const 0)))
    (local.set 15
      (i64.shl
        (i64.extend_i32_u
          (local.get 1))
        (i64.const 32)))
    (local.set 14
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
          (i32.const 2)))
      (local.set 0
        (i32.sub
          (local.get 0)
          (i32.const 2)))
      (local.set 3
        (i32.const 65536))
      (local.set 4
        (i32.const 2))
      (if  ;; label = @2
        (i32.eqz
          (i32.and
            (i32.and
              (i32.lt_u
                (i32.sub
                  (i32.and
                    (i32.load offset=604
                      (i32.const 0))
                    (i32.const 2147483647))
                  (i32.const 600834048))
                (i32.const 990904320))
              (i32.lt_u
                (i32.sub
                  (i32.and
                    (i32.load offset=612
                      (i32.const 0))
                    (i32.const 2147483647))
                  (i32.const 600834048))
                (i32.const 990904320)))
            (i32.lt_u
              (i32.sub
                (i32.and
                  (i32.load offset=596
                    (i32.const 0))
                  (i32.const 2147483647))
                (i32.const 600834048))
              (i32.const 990904320))))
        (then
          (br_if 1 (;@1;)
            (i32.eqz
              (i32.or
                (i32.lt_u
                  (i32.sub
                    (i32.and
                      (i32.load offset=604
                        (i32.const 0))
                      (i32.const 2147483647))
                    (i32.const 600834048))
                  (i32.const 990904320))
                (f64.eq
                  (f64.load offset=600
                    (i32.const 0))
                  (f64.const 0x0p+0 (;=0;))))))
          (br_if 1 (;@1;)
            (i32.eqz
              (i32.or
                (i32.lt_u
                  (i32.sub
                    (i32.and
                      (i32.load offset=612
                        (i32.const 0))
                      (i32.const 2147483647))
                    (i32.const 600834048))
                  (i32.const 990904320))
                (f64.eq
                  (f64.load offset=608
                    (i32.const 0))
                  (f64.const 0x0p+0 (;=0;))))))
          (br_if 1 (;@1;)
            (i32.eqz
              (i32.or
                (i32.lt_u
                  (i32.sub
                    (i32.and
                      (i32.load offset=596
                        (i32.const 0))
                      (i32.const 2147483647))
                    (i32.const 600834048))
                  (i32.const 990904320))
                (f64.eq
                  (f64.load offset=592
                    (i32.const 0))
                  (f64.const 0x0p+0 (;=0;))))))))
      (local.set 17
        (f64.load offset=600
          (i32.const 0)))
      (local.set 18
        (f64.load offset=608
          (i32.const 0)))
      (local.set 19
        (f64.load offset=592
          (i32.const 0)))
      (local.set 20
        (f64.mul
          (local.get 17)
          (local.get 18)))
      (local.set 27
        (f64.add
          (local.get 20)
          (local.get 19)))
      (local.set 22
        (f64.sub
          (local.tee 22
            (f64.mul
              (f64.const 0x1.0000002p+27 (;=1.34218e+08;))
              (local.get 17)))
          (f64.sub
            (local.get 22)
            (local.get 17))))
      (local.set 23
        (f64.sub
          (local.get 17)
          (local.get 22)))
      (local.set 24
        (f64.sub
          (local.tee 24
            (f64.mul
              (f64.const 0x1.0000002p+27 (;=1.34218e+08;))
              (local.get 18)))
          (f64.sub
            (local.get 24)
            (local.get 18))))
      (local.set 25
        (f64.sub
          (local.get 18)
          (local.get 24)))
      (local.set 26
        (f64.sub
          (f64.mul
            (local.get 23)
            (local.get 25))
          (f64.sub
            (f64.sub
              (f64.sub
                (local.get 20)
                (f64.mul
                  (local.get 22)
                  (local.get 24)))
              (f64.mul
                (local.get 23)
                (local.get 24)))
            (f64.mul
              (local.get 22)
              (local.get 25)))))
      (local.set 30
        (f64.sub
          (local.get 27)
          (local.get 20)))
      (local.set 28
        (f64.add
          (f64.sub
            (local.get 20)
            (f64.sub
              (local.get 27)
              (local.get 30)))
          (f64.sub
            (local.get 19)
            (local.get 30))))
      (local.set 29
        (f64.add
          (local.get 28)
          (local.get 26)))
      (local.set 21
        (f64.add
          (local.get 27)
          (local.get 29)))
      (if  ;; label = @2
        (f64.eq
          (local.get 20)
          (f64.const 0x0p+0 (;=0;)))
        (then
          (local.set 21
            (local.get 27))))
      (local.set 30
        (f64.sub
          (local.get 29)
          (f64.sub
            (local.get 21)
            (local.get 27))))
      (if  ;; label = @2
        (i32.and
          (f64.eq
            (f64.sub
              (f64.add
                (local.get 21)
                (f64.add
                  (local.get 30)
                  (local.get 30)))
              (local.get 21))
            (f64.add
              (local.get 30)
              (local.get 30)))
          (f64.ne
            (local.get 30)
            (f64.const 0x0p+0 (;=0;))))
        (then
          (br_if 1 (;@1;)
            (i32.eqz
              (i32.and
                (f64.eq
                  (f64.sub
                    (local.get 29)
                    (local.get 28))
                  (local.get 26))
                (f64.eq
                  (f64.sub
                    (local.get 29)
                    (local.get 26))
                  (local.get 28)))))))
      (if  ;; label = @2
        (i32.ne
          (local.get 14)
          (i32.const 1))
        (then
          (br_if 1 (;@1;)
            (i32.and
              (local.get 14)
              (i32.const 224)))
          (br_if 1 (;@1;)
            (i32.eqz
              (i32.and
                (i32.and
                  (f64.eq
                    (f64.sub
                      (local.get 29)
                      (local.get 28))
                    (local.get 26))
                  (f64.eq
                    (f64.sub
                      (local.get 29)
                      (local.get 26))
                    (local.get 28)))
                (i32.and
                  (f64.eq
                    (f64.sub
                      (local.get 21)
                      (local.get 27))
                    (local.get 29))
                  (f64.eq
                    (f64.sub
                      (local.get 21)
                      (local.get 29))
                    (local.get 27))))))))
      (f64.store offset=592
        (i32.const 0)
        (local.get 21))
      (local.set 3
        (i32.and
          (local.get 13)
          (i32.const -2)))
      (i32.store offset=132
        (i32.const 0)
        (local.get 3))
      (return
        (local.get 0))
      (unreachable)
      (unreachable))
    (i32.store offset=132
      (i32.const 0)
      (local.get 3))
    (i32.add
      (local.get 0)
      (local.get 4))))
